import {Component, useRef, useState} from "@odoo/owl";
import {GLYPHS, LEGEND} from "../completeness_model";

const MOVES = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
};

/** Subscriptions down, months across; on a phone the list of what is wrong. */
export class CompletenessGrid extends Component {
    static template = "recurring_billing.CompletenessGrid";
    static props = {model: Object, onBill: Function, onOpenOrder: Function};

    setup() {
        this.state = useState(this.props.model.state);
        this.focus = useState({row: 0, column: 0});
        this.table = useRef("table");
        this.glyphs = GLYPHS;
        this.legend = LEGEND;
    }

    /** Whether a row opens a group of customers or plans. */
    opensGroup(index) {
        const {rows} = this.state;
        return rows[index].group && rows[index].group !== rows[index - 1]?.group;
    }

    isFocused(row, column) {
        return this.focus.row === row && this.focus.column === column;
    }

    onCell(row, column) {
        Object.assign(this.focus, {row, column});
        return this.props.model.open(
            this.state.rows[row].id,
            this.state.months[column]
        );
    }

    onKeydown(ev, row, column) {
        if (ev.key === "Escape") {
            this.props.model.close();
        }
        const move = MOVES[ev.key];
        if (!move) {
            return;
        }
        ev.preventDefault();
        const [down, across] = this.props.model.neighbour(row, column, move);
        Object.assign(this.focus, {row: down, column: across});
        this.table.el
            .querySelector(`[data-row='${down}'][data-column='${across}']`)
            .focus();
    }
}
