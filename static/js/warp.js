// @ts-check
/**
 * A page cut out of its photo and straightened, as the server does it (`server/evidence/drawing.py`), and a plain guess
 * where the page lies. Pixels in, pixels out: for the worker, and for the page where there is none.
 *
 * @typedef {import("./layer.js").Point} Point
 * @typedef {[Point, Point, Point, Point]} Corners top left, top right, bottom right, bottom left
 */

/** Of the whole picture: less is no page, more needs no cutting. */
const [LEAST, MOST] = [0.2, 0.97];

/**
 * @param {ImageData} from
 * @param {Corners} corners
 * @returns {ImageData}
 */
export function warp(from, corners) {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = corners.map(([x, y]) => [x * from.width, y * from.height]);
  const width = Math.round(Math.max(Math.hypot(x1 - x0, y1 - y0), Math.hypot(x2 - x3, y2 - y3)));
  const height = Math.round(Math.max(Math.hypot(x3 - x0, y3 - y0), Math.hypot(x2 - x1, y2 - y1)));
  const [dx1, dx2, sx] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3];
  const [dy1, dy2, sy] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3];
  const spanned = dx1 * dy2 - dx2 * dy1;
  if (Math.abs(spanned) < 1 || !width || !height) return from;
  const [g, h] = [(sx * dy2 - dx2 * sy) / spanned, (dx1 * sy - sx * dy1) / spanned];
  const to = new ImageData(width, height);
  const source = new Uint32Array(from.data.buffer);
  const target = new Uint32Array(to.data.buffer);
  for (let row = 0, at = 0; row < height; row += 1) {
    const v = row / height;
    for (let column = 0; column < width; column += 1, at += 1) {
      const u = column / width;
      const depth = g * u + h * v + 1;
      const x = Math.round(((x1 - x0 + g * x1) * u + (x3 - x0 + h * x3) * v + x0) / depth);
      const y = Math.round(((y1 - y0 + g * y1) * u + (y3 - y0 + h * y3) * v + y0) / depth);
      const isInside = x >= 0 && y >= 0 && x < from.width && y < from.height;
      target[at] = isInside ? source[y * from.width + x] : 0xffffffff;
    }
  }
  return to;
}

/**
 * Where a light page lies on something darker: the outermost of its light pixels towards each corner.
 * @param {ImageData} picture
 * @returns {Corners | undefined} undefined: nothing that looks like one page
 */
export function guessCorners(picture) {
  const { width, height } = picture;
  const step = Math.max(1, Math.round(Math.max(width, height) / 160));
  const light = lightness(picture, step);
  const limit = dividing(light.values);
  /** @type {{value: number, place: Point}[]} */
  const best = [0, 1, 2, 3].map(() => ({ value: -Infinity, place: [0, 0] }));
  for (let row = 0; row < light.rows; row += 1) {
    for (let column = 0; column < light.columns; column += 1) {
      if (!isLightAround(light, row, column, limit)) continue;
      const sums = [-column - row, column - row, column + row, row - column];
      for (const [corner, value] of sums.entries())
        if (value > best[corner].value)
          best[corner] = { value, place: [(column * step) / width, (row * step) / height] };
    }
  }
  const corners = /** @type {Corners} */ (best.map(({ place }) => place));
  const share = area(corners);
  return share > LEAST && share < MOST ? corners : undefined;
}

/** @typedef {{values: Float32Array, rows: number, columns: number}} Lightness */

/** @param {ImageData} picture @param {number} step @returns {Lightness} */
function lightness({ data, width, height }, step) {
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const values = new Float32Array(columns * rows);
  for (let row = 0, at = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1, at += 1) {
      const pixel = 4 * (row * step * width + column * step);
      values[at] = (data[pixel] + data[pixel + 1] + data[pixel + 2]) / 3;
    }
  return { values, rows, columns };
}

/** Midway between what is dark and what is light, by turns. @param {Float32Array} values */
function dividing(values) {
  let limit = 128;
  for (let turn = 0; turn < 8; turn += 1) {
    const mean = (/** @type {(value: number) => boolean} */ belongs) => {
      const some = values.filter(belongs);
      return some.reduce((sum, value) => sum + value, 0) / Math.max(1, some.length);
    };
    limit = (mean((value) => value <= limit) + mean((value) => value > limit)) / 2;
  }
  return limit;
}

/** Whether a place and its neighbours are light: a speck is no page. @param {Lightness} light @param {number} row @param {number} column @param {number} limit */
function isLightAround({ values, rows, columns }, row, column, limit) {
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1)
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1)
      if (values[y * columns + x] <= limit) return false;
  return true;
}

/** Share of the picture between corners. @param {Corners} corners */
function area(corners) {
  const twice = corners.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = corners[(at + 1) % corners.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}
