/** The shop's pictures as SVG: what each kind of product looks like, in a frame of 800 × 600. */

/** A colour moved towards white (share > 0) or black (share < 0). */
export function shade(colour, share) {
  const target = share > 0 ? 255 : 0;
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return "#" + parts.map((part) => Math.round(part + (target - part) * Math.abs(share)).toString(16).padStart(2, "0")).join("");
}

const box = (x, y, width, height, r, fill, more = "") => `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${r}" fill="${fill}" ${more}/>`;
const path = (d, fill, more = "") => `<path d="${d}" fill="${fill}" ${more}/>`;
const circle = (x, y, r, fill, more = "") => `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}" ${more}/>`;
const METAL = "url(#metal)";
const DARK = "#1b1e27";

/** What is on a screen: hills under a sky, drawn by the product's own numbers. */
function wallpaper(x, y, width, height, next) {
  const ridge = (base, swing) => {
    const points = Array.from({ length: 9 }, (_, step) => [x + (width * step) / 8, y + height * (base - swing * next())]);
    const curve = points.slice(1).map(([px, py], at) => {
      const [ox, oy] = points[at];
      return `C${(ox + px) / 2} ${oy} ${(ox + px) / 2} ${py} ${px} ${py}`;
    });
    return `M${points[0]} ${curve.join(" ")} V${y + height} H${x}Z`;
  };
  const sun = circle(x + width * (0.2 + 0.6 * next()), y + height * (0.28 + 0.12 * next()), height * 0.11, "#fff", 'opacity=".85"');
  return `<g clip-path="url(#screen)">${box(x, y, width, height, 0, "url(#sky)")}${sun}
    ${path(ridge(0.68, 0.28), "url(#far)")}${path(ridge(0.84, 0.26), "url(#mid)")}${path(ridge(0.98, 0.2), "url(#near)")}
    ${path(`M${x} ${y}H${x + width * 0.55}L${x + width * 0.25} ${y + height}H${x}Z`, "#fff", 'opacity=".06"')}</g>`;
}

const clip = (x, y, width, height, r) => `<clipPath id="screen">${box(x, y, width, height, r, "#000")}</clipPath>`;

function laptop(next, colour, glow) {
  const keys = glow
    ? Array.from({ length: 16 }, (_, at) => box(190 + at * 26.5, 452, 20, 5, 2, `hsl(${at * 22} 95% 60%)`)).join("")
    : box(300, 452, 200, 4, 2, "#fff", 'opacity=".25"');
  return `${clip(176, 126, 448, 284, 6)}${box(160, 110, 480, 322, 18, DARK)}${wallpaper(176, 126, 448, 284, next)}
    ${circle(400, 118, 2.4, "#555")}
    ${path("M112 440H688L704 466Q704 482 688 482H112Q96 482 96 466Z", METAL)}${path("M340 440H460L452 450H348Z", shade(colour, -0.45), 'opacity=".5"')}
    ${keys}${box(96, 468, 608, 14, 7, shade(colour, -0.3), 'opacity=".35"')}`;
}

function monitor(next, colour, x, y, width, height, curved = false, glow = false) {
  const foot = y + height;
  const frame = curved
    ? path(`M${x - 10} ${y - 8}Q400 ${y + 16} ${x + width + 10} ${y - 8}V${foot + 8}Q400 ${foot - 16} ${x - 10} ${foot + 8}Z`, DARK)
    : box(x - 10, y - 10, width + 20, height + 24, 12, DARK);
  const shape = curved
    ? `<clipPath id="screen"><path d="M${x} ${y}Q400 ${y + 24} ${x + width} ${y}V${foot}Q400 ${foot - 24} ${x} ${foot}Z"/></clipPath>`
    : clip(x, y, width, height, 5);
  const halo = glow ? `<ellipse cx="400" cy="${foot - 10}" rx="${width * 0.42}" ry="70" fill="${colour}" opacity=".35" filter="url(#soft)"/>` : "";
  return `${shape}${halo}${path(`M372 ${foot + 6}H428L438 500H362Z`, METAL)}<ellipse cx="400" cy="504" rx="120" ry="13" fill="${shade(colour, -0.35)}"/>
    ${frame}${wallpaper(x, y, width, height, next)}`;
}

function keyboard(colour, split) {
  const key = (x, y, width, accent) => box(x, y, width, 34, 7, accent ? colour : "#f6f7fb", 'filter="url(#key)"');
  const rows = [[13, 0], [13, 18], [12, 30], [11, 46]];
  const side = (x0, from, to) => rows.map(([count, shift], row) => Array.from({ length: count }, (_, at) => at)
    .filter((at) => at >= from && at < to).map((at) => key(x0 + shift + at * 42, 242 + row * 42, 37, (at + row * 5) % 11 === 0)).join("")).join("");
  if (!split)
    return `${box(106, 220, 588, 248, 22, METAL)}${box(118, 232, 564, 224, 14, DARK)}${side(128, 0, 13)}
      ${key(128, 410, 60)}${key(193, 410, 60)}${key(258, 410, 240, true)}${key(503, 410, 60)}${key(568, 410, 104)}`;
  const half = `${box(106, 220, 282, 248, 22, METAL)}${side(122, 0, 6)}${key(180, 410, 190, true)}`;
  return `<g transform="rotate(5 250 340) translate(-26 0)">${half}</g><g transform="translate(800 0) scale(-1 1) rotate(5 250 340) translate(-26 0)">${half}</g>`;
}

function mouse(colour, upright) {
  if (upright)
    return `${path("M250 480C230 350 300 170 410 170C540 170 580 330 570 480Z", METAL)}${path("M410 170C470 190 500 330 480 480H570C580 330 540 170 410 170Z", shade(colour, -0.35), 'opacity=".6"')}
      ${box(330, 232, 26, 66, 13, DARK, 'transform="rotate(18 343 265)"')}${circle(322, 360, 15, "#fff", 'opacity=".35"')}`;
  return `${path("M400 130C500 130 530 220 530 320C530 430 480 490 400 490C320 490 270 430 270 320C270 220 300 130 400 130Z", METAL)}
    ${path("M400 132V300M272 300Q400 330 528 300", "none", `stroke="${shade(colour, -0.45)}" stroke-width="4"`)}${box(384, 186, 32, 78, 16, DARK)}
    ${[0, 1, 2, 3].map((step) => box(388, 196 + step * 16, 24, 5, 2, colour)).join("")}${path("M300 250C306 190 340 150 390 146", "none", 'stroke="#fff" stroke-width="8" stroke-linecap="round" opacity=".4"')}`;
}

function headphones(colour) {
  const cup = `${box(196, 290, 92, 176, 44, METAL)}${box(272, 304, 40, 148, 20, DARK)}${circle(240, 378, 24, "#fff", 'opacity=".22"')}`;
  return `${path("M236 320C236 60 564 60 564 320", "none", `stroke="${shade(colour, -0.4)}" stroke-width="30" stroke-linecap="round"`)}
    ${path("M282 180C330 112 470 112 518 180", "none", `stroke="${shade(colour, 0.45)}" stroke-width="12" stroke-linecap="round"`)}${cup}<g transform="translate(800 0) scale(-1 1)">${cup}</g>`;
}

const dock = (colour) => `${box(150, 250, 500, 160, 28, METAL)}${box(150, 384, 500, 26, 13, shade(colour, -0.4), 'opacity=".5"')}
  ${[0, 1, 2].map((at) => box(200 + at * 84, 312, 60, 26, 6, DARK)).join("")}${[0, 1].map((at) => box(456 + at * 60, 316, 42, 18, 9, DARK)).join("")}${circle(600, 325, 14, DARK)}${circle(600, 276, 5, "#7dffb3")}
  ${path("M150 330C60 330 70 180 140 150", "none", `stroke="${DARK}" stroke-width="14" stroke-linecap="round"`)}`;
const drive = (colour) => `${box(250, 170, 300, 310, 44, METAL)}${box(278, 198, 244, 254, 28, "none", `stroke="#fff" stroke-opacity=".35" stroke-width="4"`)}
  ${[0, 1, 2, 3, 4].map((at) => box(310, 238 + at * 24, 180 - at * 24, 8, 4, "#fff", 'opacity=".4"')).join("")}${circle(490, 424, 9, "#7dffb3")}${box(376, 472, 48, 14, 7, shade(colour, -0.6))}`;
const webcam = (colour) => `${path("M352 400H448L480 486H320Z", shade(colour, -0.45))}${box(210, 190, 380, 210, 105, METAL)}${circle(400, 295, 82, DARK)}${circle(400, 295, 58, "#2c3350")}
  ${circle(400, 295, 34, "#0b0d14")}${circle(420, 274, 13, "#fff", 'opacity=".75"')}${circle(524, 295, 8, "#7dffb3")}`;
const charger = (colour) => `${box(270, 180, 260, 300, 46, METAL)}${[0, 1, 2].map((at) => `${box(340, 250 + at * 66, 120, 38, 19, DARK)}${box(362, 264 + at * 66, 76, 10, 5, "#555c70")}`).join("")}
  ${path("M270 226Q270 180 316 180H380L300 480Q270 470 270 434Z", "#fff", 'opacity=".12"')}${circle(400, 214, 6, shade(colour, 0.7))}`;
const bag = (colour) => `${path("M330 150C330 80 470 80 470 150", "none", `stroke="${shade(colour, -0.5)}" stroke-width="18"`)}${path("M240 250C240 150 320 130 400 130S560 150 560 250V450Q560 500 510 500H290Q240 500 240 450Z", METAL)}
  ${path("M240 260H560", "none", `stroke="${shade(colour, -0.5)}" stroke-width="5" stroke-dasharray="14 8"`)}${box(284, 330, 232, 130, 24, shade(colour, -0.25))}${path("M284 364H516", "none", `stroke="${shade(colour, 0.5)}" stroke-width="6"`)}${box(380, 358, 40, 16, 8, "#d9b26f")}`;
const sleeve = (colour) => `${box(170, 180, 460, 310, 26, METAL)}${path("M170 206Q170 180 196 180H604Q630 180 630 206V300L400 372L170 300Z", shade(colour, -0.22))}${circle(400, 340, 16, "#d9b26f")}
  ${box(182, 192, 436, 286, 18, "none", `stroke="#fff" stroke-opacity=".4" stroke-width="3" stroke-dasharray="12 8"`)}`;
const stand = (colour) => `${path("M190 460L330 210H350L230 460Z", METAL)}${path("M610 460L470 210H450L570 460Z", METAL)}${path("M300 262H500L520 298H280Z", shade(colour, -0.3))}
  ${box(170, 452, 460, 22, 11, shade(colour, -0.4))}${path("M240 196H560L580 216H220Z", shade(colour, 0.35))}${box(220, 214, 360, 12, 6, shade(colour, -0.2))}`;

/** A drawing by the name of its shape. `next` gives the product's own numbers in [0, 1). */
export function draw(shape, colour, next) {
  const shapes = {
    laptop: () => laptop(next, colour, false),
    "laptop-gaming": () => laptop(next, colour, true),
    monitor: () => monitor(next, colour, 160, 120, 480, 290),
    "monitor-gaming": () => monitor(next, colour, 160, 120, 480, 290, false, true),
    "monitor-wide": () => monitor(next, colour, 70, 150, 660, 250, true, true),
    "monitor-tall": () => monitor(next, colour, 246, 80, 308, 350),
    "monitor-portable": () => laptop(next, colour, false).replace(/<path d="M112[\s\S]*$/, "") + path("M190 434H610L650 486H150Z", METAL),
    keyboard: () => keyboard(colour, false),
    "keyboard-split": () => keyboard(colour, true),
    mouse: () => mouse(colour, false),
    "mouse-upright": () => mouse(colour, true),
    headphones: () => headphones(colour),
    dock: () => dock(colour),
    drive: () => drive(colour),
    webcam: () => webcam(colour),
    charger: () => charger(colour),
    bag: () => bag(colour),
    sleeve: () => sleeve(colour),
    stand: () => stand(colour),
  };
  if (!shapes[shape]) throw new Error(`no shape ${JSON.stringify(shape)}: there are ${Object.keys(shapes).join(", ")}`);
  return shapes[shape]();
}
