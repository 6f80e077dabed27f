import { describe, expect, it } from "vitest";
import { centreOf, DisplayListError, decodeDisplayList, type Shape } from "./display_list";

/** Made by `peergym.envs.Surface`: one shape of each kind on an 800 x 600 court. */
const FROM_PYTHON =
  "01002003580212141cff05000108706164646c655f30ff8766ff0000f04100007f43000060410000b4420000e0400206" +
  "62616c6c5f30f6f1e7800040c84300009643000010410300272c3aff0000c84300000000" +
  "0000c84300001644000080400400010203ff0300000000000000000000002041000000000000a0400000004105016b" +
  "8b93a8ff0000aa4300009c420000a8420209004772c3b6c39f652033";

/** Likewise, with all that came with version 2; `tests/envs/test_surface.py` has the same bytes. */
const EXTENDED =
  "020020035802102030ff07000700ffffffff00000200010000000000020001000208000000ff0000ff000000000a0663" +
  "616d657261ffffffff0000c84200004842000000400000003f0800ffffffff000001000000140000000100020000ff00" +
  "ff0000803f00000040000040400900ffffffff0000010000000000804000000000060161ffffff80000020410000a041" +
  "0000f0c1000020420000803e000000000000010001000a00ffffffff000000000000000000000000000000000b06676f" +
  "616c2031ffffffff03686974";

function bytes(hex: string): ArrayBuffer {
  const pairs = hex.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)).buffer;
}

describe("a display list drawn in Python", () => {
  const list = decodeDisplayList(bytes(FROM_PYTHON));

  it("carries the court's size and background", () => {
    expect([list.width, list.height, list.background]).toEqual([800, 600, 0x12141c]);
  });

  it("carries every kind of shape with its key, colour and numbers", () => {
    expect(list.shapes.map((shape) => [shape.kind, shape.key, shape.rgb, shape.numbers])).toEqual([
      ["rectangle", "paddle_0", 0xff8766, [30, 255, 14, 90, 7]],
      ["circle", "ball_0", 0xf6f1e7, [400.5, 300, 9]],
      ["line", "", 0x272c3a, [400, 0, 400, 600, 4]],
      ["polygon", "", 0x010203, [0, 0, 10, 0, 5, 8]],
      ["text", "k", 0x8b93a8, [340, 78, 84]],
    ]);
    expect(list.shapes[1]?.alpha).toBeCloseTo(128 / 255);
  });

  it("carries texts beyond ASCII with their alignment", () => {
    expect([list.shapes[4]?.text, list.shapes[4]?.align]).toEqual(["Größe 3", "right"]);
  });
});

describe("a display list of version 2", () => {
  const list = decodeDisplayList(bytes(EXTENDED));

  it("carries pieces of pictures and what is on layers, beside the shapes", () => {
    const [patch] = list.patches ?? [];
    expect(patch).toMatchObject({ sheet: 0, sheetWidth: 2, sheetHeight: 1, format: "rgba" });
    expect([...(patch?.bytes ?? [])]).toEqual([255, 0, 0, 255, 0, 0, 0, 0]);
    expect(list.paints?.map(({ layer, shapes }) => [layer, shapes[0]?.numbers])).toEqual([
      [0, [1, 2, 3]],
    ]);
  });

  it("carries cameras, layers, sprites and sounds", () => {
    expect(list.shapes.map(({ kind, key, numbers }) => [kind, key, numbers])).toEqual([
      ["camera", "camera", [100, 50, 2, 0.5]],
      ["layer", "", [4, 0]],
      ["sprite", "a", [10, 20, -30, 40, 0.25]],
      ["camera", "", [0, 0, 0, 0]],
      ["sound", "goal 1", []],
    ]);
    expect([list.shapes[2]?.source, list.shapes[2]?.part]).toEqual([0, [0, 0, 1, 1]]);
    expect(list.shapes[4]?.text).toBe("hit");
  });

  it("is refused wherever it is cut off", () => {
    const whole = bytes(EXTENDED);
    for (let length = 0; length < whole.byteLength; length++) {
      expect(() => decodeDisplayList(whole.slice(0, length))).toThrow(DisplayListError);
    }
  });
});

describe("a malformed display list", () => {
  it("is refused wherever it is cut off", () => {
    const whole = bytes(FROM_PYTHON);
    for (let length = 0; length < whole.byteLength; length++) {
      expect(() => decodeDisplayList(whole.slice(0, length))).toThrow(DisplayListError);
    }
  });

  it("is refused with bytes left over", () => {
    expect(() => decodeDisplayList(bytes(`${FROM_PYTHON}00`))).toThrow("left over");
  });

  it("is refused in another version or with an unknown kind of shape", () => {
    expect(() => decodeDisplayList(bytes(`03${FROM_PYTHON.slice(2)}`))).toThrow("version 3");
    expect(() => decodeDisplayList(bytes("01002003580212141cff01000c"))).toThrow(
      "kind of shape: 12",
    );
  });
});

describe("the middle of a shape", () => {
  const shape = (kind: Shape["kind"], numbers: number[]): Shape => ({
    kind,
    numbers,
    key: "",
    rgb: 0,
    alpha: 1,
    text: "",
    align: "left",
  });

  it.each([
    [shape("rectangle", [10, 20, 30, 40, 0]), { x: 25, y: 40 }],
    [shape("circle", [5, 6, 9]), { x: 5, y: 6 }],
    [shape("line", [0, 0, 10, 20, 1]), { x: 5, y: 10 }],
    [shape("polygon", [0, 0, 9, 0, 0, 9]), { x: 3, y: 3 }],
  ])("is where its box, centre or corners say", (given, middle) => {
    expect(centreOf(given)).toEqual(middle);
  });
});
