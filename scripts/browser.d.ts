/** For the type checker: what pages find as globals. */
declare const htmx: (typeof import("htmx.org"))["default"];

/** What we use of signature_pad, which a script tag puts into the page. */
declare class SignaturePad {
  constructor(canvas: HTMLCanvasElement, options?: { backgroundColor?: string; penColor?: string });
  clear(): void;
  isEmpty(): boolean;
  toData(): unknown[];
  fromData(data: unknown[]): void;
  toDataURL(type?: string): string;
  addEventListener(type: string, listener: () => void): void;
  off(): void;
}
