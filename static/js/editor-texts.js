// @ts-check
/** What the editors of photos and documents say. Loaded with them, so that no other page pays for it. */

import { learn } from "./texts.js";

/** @type {Record<"zh" | "en", Record<string, string>>} */
const TEXTS = {
  zh: {
    "mark.title": "标注照片",
    "mark.arrow": "箭头",
    "mark.circle": "圈",
    "mark.blur": "模糊",
    "mark.delete": "删除",
    "mark.hint": "选一样，在照片上拖动来画；点一下已画的，可以移动或删除。原照片不变。",
    "mark.canvas": "照片，已画 {n} 处。回车放一处，空格选下一处，方向键移动，按住 Shift 改大小，Delete 删除。",
    "mark.discard": "放弃这次画的？",
    "mark.discard.yes": "放弃",
    "mark.restored": "已恢复上次没有保存的标注。",
    "mark.small": "原照片已在服务器上，没有网络时在小图上画。",
    "mark.none": "原照片已在服务器上。请联网后再标注。",
    "mark.failed": "没有存下。请不要关闭此页，腾出空间后再按保存。",
    "document.title": "拍文件",
    "document.app": "相机",
    "document.gallery": "相册",
    "document.lamp": "灯",
    "document.name": "名称",
    "document.number": "编号",
    "document.issuer": "发出单位",
    "document.date": "日期",
    "document.holder": "持有人",
    "document.straighten": "第 {n} 页：裁边、拉直",
    "document.drop": "不要第 {n} 页",
    "document.no.page": "先拍至少一页，再保存。",
    "document.no.title": "写上文件名称，再保存。",
    "document.drop.all": "已拍 {n} 页，还没有保存。",
    "document.drop.yes": "全部删除",
    "document.later": "以后接着做",
    "corner.title": "裁边、拉直",
    "corner.hint": "把四个角拖到纸的四角。原照片完整保留。",
    "corner.whole": "用整张照片",
    "corner.0": "左上角",
    "corner.1": "右上角",
    "corner.2": "右下角",
    "corner.3": "左下角",
  },
  en: {
    "mark.title": "Mark up the photo",
    "mark.arrow": "Arrow",
    "mark.circle": "Circle",
    "mark.blur": "Blur",
    "mark.delete": "Delete",
    "mark.hint": "Choose one and drag on the photo to draw; tap a mark to move or delete it. The photo itself stays as it is.",
    "mark.canvas":
      "Photo with {n} marks. Enter adds one, Space selects the next, arrow keys move it, with Shift they resize it, Delete removes it.",
    "mark.discard": "Drop what you just drew?",
    "mark.discard.yes": "Drop it",
    "mark.restored": "Marks that weren't saved last time are back.",
    "mark.small": "The photo is on the server; without a network you draw on its small copy.",
    "mark.none": "The photo is on the server. Connect to mark it up.",
    "mark.failed": "Not saved. Keep this page open, make room, then press Save again.",
    "document.title": "Photograph a document",
    "document.app": "Camera",
    "document.gallery": "Gallery",
    "document.lamp": "Light",
    "document.name": "Title",
    "document.number": "Number",
    "document.issuer": "Issued by",
    "document.date": "Date",
    "document.holder": "Holder",
    "document.straighten": "Page {n}: crop and straighten",
    "document.drop": "Discard page {n}",
    "document.no.page": "Take at least one page, then save.",
    "document.no.title": "Write the title of the document, then save.",
    "document.drop.all": "{n} pages are taken and not saved yet.",
    "document.drop.yes": "Delete all",
    "document.later": "Go on later",
    "corner.title": "Crop and straighten",
    "corner.hint": "Drag the four corners to the corners of the page. The photo itself is kept whole.",
    "corner.whole": "Use the whole photo",
    "corner.0": "Top left corner",
    "corner.1": "Top right corner",
    "corner.2": "Bottom right corner",
    "corner.3": "Bottom left corner",
  },
};

learn(TEXTS);

/** The table, for the test that both languages say the same things. */
export function table() {
  return TEXTS;
}
