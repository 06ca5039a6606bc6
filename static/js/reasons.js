// @ts-check
/** Why something waits or was refused, in words where they help more than the code. */

import { pageLanguage } from "./texts.js";

/** @type {Record<"zh" | "en", Record<string, string>>} */
const REASONS = {
  zh: {
    malformed: "内容不完整",
    id_reused: "编号已被另一条用过",
    not_allowed: "你在本次审核中无此权限",
    not_yours: "只能修改自己的记录",
    too_large: "超过大小上限",
    wrong_hash: "传输多次损坏",
    bad_value: "内容不合格式",
    not_a_picture: "不是图片",
    broken_picture: "图片已损坏",
    too_many_pixels: "像素太多",
    classified: "本次审核涉密，不收照片；照片留在本机，由审核组长定",
    network: "没有网络",
    session: "需要重新登录",
    server: "服务器没有正常回答",
  },
  en: {
    malformed: "incomplete",
    id_reused: "its id was used by another entry",
    not_allowed: "not among your rights in this audit",
    not_yours: "only your own notes can be changed",
    too_large: "too large",
    wrong_hash: "damaged on the way, several times",
    bad_value: "a value does not fit",
    not_a_picture: "not a picture",
    broken_picture: "a broken picture",
    too_many_pixels: "too many pixels",
    classified: "this audit is classified and takes no photos; it stays on this phone until the team leader decides",
    network: "no network",
    session: "sign in again",
    server: "the server did not answer properly",
  },
};

/** Why something waits or was refused. @param {string} code @param {string} [detail] */
export function reason(code, detail = "") {
  const words = REASONS[pageLanguage()][code] ?? code;
  return detail ? `${words} (${detail})` : words;
}

/** The table, for the test that both languages say the same things. */
export function table() {
  return REASONS;
}
