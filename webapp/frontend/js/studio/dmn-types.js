// The choice of a column's type: the library lets people type its English name, ours shows the word and lets choose.
import InputSelect from "dmn-js-shared/lib/components/InputSelect";

const draw = InputSelect.prototype.render;

export function chooseTypesByWord() {
  InputSelect.prototype.render = function render() {
    const given = this.props;
    const isType = given.options?.some(({ value }) => value === "string");
    this.props = isType ? { ...given, noInput: true } : given;
    try {
      return draw.call(this);
    } finally {
      this.props = given;
    }
  };
}
