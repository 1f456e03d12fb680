/** The pages that need nothing but the words on them. */
import "./page.js";
