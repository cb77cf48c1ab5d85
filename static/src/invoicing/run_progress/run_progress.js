import {Component, onWillUnmount, onWillUpdateProps, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** Without a word from the bus for so long, the widget asks itself. */
const PATIENCE = 2000;

/**
 * How far a run is: done, parked, left, how fast, how long. The run itself knows it,
 * so a reload loses nothing; the bus tells it after each batch, and where there is no
 * bus the widget asks every two seconds.
 */
export class RunProgress extends Component {
    static template = "recurring_billing.RunProgress";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.busService = useService("bus_service");
        this.state = useState({now: this.props.record.data[this.props.name] || {}});
        this.heardAt = 0;
        this.hear = (told) => {
            if (told.run_id === this.props.record.resId) {
                this.heardAt = Date.now();
                this.show(told);
            }
        };
        this.busService.subscribe("recurring_billing.run_progress", this.hear);
        this.timer = setInterval(() => this.ask(), PATIENCE);
        onWillUpdateProps((props) => {
            this.state.now = props.record.data[props.name] || {};
        });
        onWillUnmount(() => {
            clearInterval(this.timer);
            this.busService.unsubscribe("recurring_billing.run_progress", this.hear);
        });
    }

    get now() {
        return this.state.now;
    }

    /** Width of a segment, in percent. */
    share(count) {
        return this.now.total ? (100 * count) / this.now.total : 0;
    }

    async ask() {
        const known = Date.now() - this.heardAt < PATIENCE;
        if (known || this.asking || !this.now.under_way || document.hidden) {
            return;
        }
        this.asking = true;
        try {
            this.show(
                await this.orm.silent.call("billing.run", "get_progress", [
                    this.props.record.resId,
                ])
            );
        } finally {
            this.asking = false;
        }
    }

    async show(told) {
        const ended = told.state !== this.now.state;
        this.state.now = told;
        if (ended) {
            await this.props.record.load();
        }
    }

    async press(method) {
        await this.orm.call("billing.run", method, [this.props.record.resId]);
        await this.props.record.load();
    }
}

registry.category("fields").add("billing_run_progress", {component: RunProgress});
