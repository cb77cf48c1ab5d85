// Rules for the JavaScript of the module: likely bugs only, how it looks is prettier's affair.
// The packages are installed below .dev, hence the way they are found.
import {createRequire} from "node:module";

const require = createRequire(new URL(".dev/node/package.json", import.meta.url));
const js = require("@eslint/js");
const globals = require("globals");

export default [
    {ignores: [".dev/**", "dist/**", "static/lib/**"]},
    js.configs.recommended,
    {
        files: ["**/*.js"],
        languageOptions: {
            ecmaVersion: "latest",
            sourceType: "module",
            globals: {
                ...globals.browser,
                // What Odoo's own bundles put in every page.
                odoo: "readonly",
                luxon: "readonly",
                Chart: "readonly",
            },
        },
        linterOptions: {reportUnusedDisableDirectives: "error"},
        rules: {
            "array-callback-return": "error",
            "consistent-return": "error",
            curly: "error",
            eqeqeq: "error",
            "no-alert": "error",
            "no-console": "error",
            "no-eval": "error",
            "no-implicit-globals": "error",
            "no-shadow": "error",
            "no-undef": "error",
            "no-unused-vars": ["error", {args: "after-used"}],
            "no-var": "error",
            "prefer-const": "error",
            // A component says which template it draws and what it is given.
            "no-restricted-syntax": [
                "error",
                {
                    selector:
                        "ClassDeclaration[superClass.name='Component']:not(:has(PropertyDefinition[static=true][key.name='template']))",
                    message: "A component declares its static template.",
                },
                {
                    selector:
                        "ClassDeclaration[superClass.name='Component']:not(:has(PropertyDefinition[static=true][key.name='props']))",
                    message: "A component declares its static props.",
                },
            ],
        },
    },
    {
        files: ["**/*.mjs"],
        languageOptions: {globals: globals.node},
    },
];
