/**
 * Registers `<guichet-chat>`. This is the only file that a website loads:
 * `<script type="module" src="https://…/widget.js"></script>`.
 *
 * The gateway serves this file at `/widget.js` and its neighbours under `/widget/`. A site that wants another tag name
 * imports the class from `/widget/element.js` and registers it itself.
 */
import { GuichetChat } from "./widget/element.js";

// A page may hold the script tag twice (a template and a contribution, say): the second registration is not an error.
if (!customElements.get("guichet-chat")) customElements.define("guichet-chat", GuichetChat);
