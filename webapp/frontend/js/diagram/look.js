// How processes are drawn, for reading and for editing alike.
const FACES =
  '"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';

export const LOOK = {
  textRenderer: {
    defaultStyle: { fontFamily: FACES, fontSize: 16, lineHeight: 1.25 },
    externalStyle: { fontFamily: FACES, fontSize: 14, lineHeight: 1.25 },
  },
  bpmnRenderer: {
    defaultFillColor: "var(--surface)",
    defaultStrokeColor: "var(--control-line)",
    defaultLabelColor: "var(--text)",
  },
};
