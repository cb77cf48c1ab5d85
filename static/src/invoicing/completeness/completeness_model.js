import {reactive} from "@odoo/owl";

const {DateTime} = luxon;

/** Rows of a page; the server answers so many. */
export const PAGE = 80;
/** Months that one step of the period moves. */
export const STEP = 6;
/** What each state of days shows, beside its colour. */
export const GLYPHS = {
    billed: "■",
    waived: "▨",
    paused: "P",
    not_due: "·",
    not_contracted: "",
    missing: "!",
    double: "2",
    edited: "≠",
    outside: "✕",
};
export const LEGEND = [
    "billed",
    "waived",
    "paused",
    "not_due",
    "missing",
    "double",
    "outside",
    "edited",
];

/**
 * What the completeness map knows: it asks the server, the components show it.
 *
 * The state is reactive; `key` numbers the questions, so that a slow answer to an older
 * one is left alone.
 */
export class CompletenessModel {
    constructor(orm, params = {}) {
        this.orm = orm;
        this.key = 0;
        this.state = reactive({
            params: {months: 18, group: "subscription", all: false, ...params},
            ready: false,
            months: [],
            rows: [],
            orderIds: [],
            plans: [],
            labels: {},
            offset: 0,
            sentence: "",
            empty: "",
            details: null,
        });
    }

    /** Ask for the map again, from its first row. */
    async load() {
        const key = ++this.key;
        const answer = await this.call("get_map", [this.state.params]);
        if (key !== this.key) {
            return;
        }
        Object.assign(this.state, {
            ready: true,
            months: answer.months,
            rows: answer.rows,
            orderIds: answer.order_ids,
            plans: answer.plans,
            labels: answer.labels,
            sentence: answer.sentence,
            empty: answer.empty,
            offset: 0,
        });
        this.state.params.start = answer.start;
    }

    /** Show another page of the rows; the totals stay. */
    async showPage(offset) {
        const key = ++this.key;
        const ids = this.state.orderIds.slice(offset, offset + PAGE);
        const params = {...this.state.params, order_ids: ids};
        const {rows} = await this.call("get_map", [params]);
        if (key === this.key) {
            Object.assign(this.state, {rows, offset});
        }
    }

    /** Change what is asked for, and ask. */
    async ask(changes) {
        Object.assign(this.state.params, changes);
        this.state.details = null;
        await this.load();
    }

    /** Move the period by so many months. */
    async move(months) {
        const start = DateTime.fromISO(this.state.params.start).plus({months});
        await this.ask({start: start.toISODate()});
    }

    /** Look at a subscription's month. */
    async open(orderId, month) {
        const key = ++this.key;
        const details = await this.call("get_details", [orderId, month]);
        if (key === this.key) {
            this.state.details = {...details, iso: month};
        }
    }

    close() {
        this.state.details = null;
    }

    /** Bill the holes of a subscription; the action shows what was made of them. */
    async bill(orderId) {
        const action = await this.call("bill_hole", [[orderId]]);
        const {details} = this.state;
        await this.load();
        if (details) {
            await this.open(details.order_id, details.iso);
        }
        return action;
    }

    getOrderAction(orderId) {
        return this.call("get_order_action", [orderId]);
    }

    getExport() {
        return this.call("export_findings", [this.state.params]);
    }

    call(method, args) {
        return this.orm.call("billing.completeness", method, args);
    }

    // What is shown of the state

    /** "07/2025 – 12/2026" */
    get periodText() {
        const {months} = this.state;
        if (!months.length) {
            return "";
        }
        const ends = [months[0], months[months.length - 1]];
        const texts = ends.map((day) => DateTime.fromISO(day).toFormat("MM/yyyy"));
        return months.length > 1 ? texts.join(" – ") : texts[0];
    }

    /** The years above the months: [{year, count}]. */
    get years() {
        const years = [];
        for (const day of this.state.months) {
            const year = day.slice(0, 4);
            const last = years[years.length - 1];
            if (last && last.year === year) {
                last.count++;
            } else {
                years.push({year, count: 1});
            }
        }
        return years;
    }

    /** The months as columns: the narrow letter, the whole name, a new year or not. */
    get columns() {
        return this.state.months.map((day, index) => {
            const date = DateTime.fromISO(day);
            return {
                iso: day,
                letter: date.toFormat("LLLLL").toUpperCase(),
                name: date.toFormat("LLLL yyyy"),
                opensYear: index > 0 && date.month === 1,
            };
        });
    }

    /** Where the keyboard goes from a cell: stays inside the map. */
    neighbour(row, column, [down, right]) {
        const clamp = (value, count) => Math.min(Math.max(value, 0), count - 1);
        return [
            clamp(row + down, this.state.rows.length),
            clamp(column + right, this.state.months.length),
        ];
    }
}
