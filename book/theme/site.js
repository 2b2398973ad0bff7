// The script of every page. What it does is an addition: without it, pages can be read all the same.

import "./print.js";
import "./menus.js";
import "./contents.js";
import "./folded.js";
import "./copy.js";
import "./scrolling.js";
import "./cards.js";
import "./progress.js";
import "./search/highlight.js";
