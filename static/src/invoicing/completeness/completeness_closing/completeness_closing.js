import {Component, useState} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;

/** What stands between a month and its closing: lines with a tick or a link. */
export class CompletenessClosing extends Component {
    static template = "recurring_billing.CompletenessClosing";
    static components = {Dropdown};
    static props = {months: Array, onCheck: Function};

    setup() {
        this.orm = useService("orm");
        this.state = useState({month: "", list: null});
    }

    /** The months that have begun, the last one first. */
    get months() {
        const today = DateTime.now().toISODate();
        return this.props.months
            .filter((day) => day <= today)
            .map((day) => ({
                iso: day,
                name: DateTime.fromISO(day).toFormat("LLLL yyyy"),
            }))
            .reverse();
    }

    /** The month that is likely to be closed: the last one that is over. */
    onOpen() {
        const [running, over] = this.months;
        this.state.list = null;
        this.load((over || running)?.iso);
    }

    async load(month) {
        if (!month) {
            return;
        }
        this.state.month = month;
        const list = await this.orm.call("billing.closing", "get_checklist", [month]);
        // A slower answer to an older question is left alone.
        if (month === this.state.month) {
            this.state.list = list;
        }
    }
}
