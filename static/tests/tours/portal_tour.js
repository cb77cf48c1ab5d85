import {registry} from "@web/core/registry";

function checkWidth() {
    const {scrollWidth} = document.documentElement;
    if (scrollWidth > window.innerWidth) {
        throw new Error(`The page is ${scrollWidth} px wide: it scrolls sideways.`);
    }
}

// A customer reads a quotation on a phone, signs it and sees what comes next.
registry.category("web_tour.tours").add("recurring_billing_portal", {
    steps: () => [
        {
            content: "The page is ready",
            trigger: "body[is-ready=true]",
        },
        {
            content: "The recurring amounts are the big figure",
            trigger: "#sidebar_content .o_billing_figures .h2",
            run: checkWidth,
        },
        {
            content: "What may be added up is told rhythm by rhythm",
            trigger: "#total .o_billing_totals tbody tr:nth-child(3)",
        },
        {
            content: "Sign",
            trigger: "#sale_order_sidebar_button .btn-primary",
            run: "click",
        },
        {
            content: "The signature is drawn from the name",
            trigger: ".modal canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            content: "Accept",
            trigger: ".modal .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The order is confirmed",
            trigger: "#quote_content .alert-success",
        },
        {
            content: "Go to the subscription, in one tap",
            trigger: "#sale_order_sidebar_button a[name='billing_subscription_link']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page says what comes next",
            trigger:
                ".o_billing_portal_subscription .o_billing_headline:contains(2099)",
            run: checkWidth,
        },
        {
            content: "The subscription runs",
            trigger: ".o_billing_portal_subscription .badge.text-bg-success",
        },
    ],
});
