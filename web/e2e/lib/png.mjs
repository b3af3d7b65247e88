/** Pictures of one colour, and what colour a page has somewhere. */
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "ascii"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG file. @param {number} width @param {number} height @param {number[]} colour red, green, blue */
export function png(width, height, colour) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.concat(Array(width).fill(Buffer.from(colour)))]);
  const rows = deflateSync(Buffer.concat(Array(height).fill(row)));
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

/**
 * The colour that the page shows at a point of its window: red, green, blue.
 * @param {import("./tab.mjs").Tab} tab
 * @param {{ x: number, y: number }} point
 * @returns {Promise<number[]>}
 */
export async function colourAt(tab, point) {
  const picture = (await tab.page.screenshot()).toString("base64");
  return tab.evaluate(
    async ({ picture, x, y }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${picture}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      pen.drawImage(image, 0, 0);
      return [...pen.getImageData(x, y, 1, 1).data.slice(0, 3)];
    },
    { picture, ...point },
  );
}
