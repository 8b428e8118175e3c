"""Check plain data against a JSON schema.

One sentence for the first mistake, defaults filled in, numbers made canonical.
"""

import difflib
import math

import jsonschema

from schurscope.foundations.errors import SchurscopeError

IN_A_FILE = ", in a config file: within --config, Snakemake makes text of a list's entries"
PLAIN = {
    "object": "a section with keys",
    "array": "a list",
    "string": "a word",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def checked(value, schema: dict, where: str):
    """A copy of ``value`` that fits ``schema``, with defaults filled in and every "number" a float.

    Raises SchurscopeError with one sentence: the key, what it was, what is allowed. ``where`` names the root in it.
    """
    value = plain(value, where)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(value)
    first = min(errors, key=lambda e: ([str(part) for part in e.absolute_path], str(e.validator)), default=None)
    if first is not None:
        raise SchurscopeError(sentence(first, where))
    return canonical(value, schema, where)


def plain(value, where: str):
    """``value`` of plain Python types only: NumPy numbers become numbers; keys that are not text are refused."""
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise SchurscopeError(
                    f"{where}: the key {key!r} is not text (YAML reads on, yes, no and numbers otherwise; quote it)"
                )
        return {key: plain(item, _deeper(where, key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, where) for item in value]
    value = value.item() if hasattr(value, "item") else value
    if value is not None and not isinstance(value, (str, bool, int, float)):
        raise SchurscopeError(f"{where}: {value!r} is neither text nor a number, a list or a section")
    return value


def canonical(value, schema: dict, where: str):
    """``value`` (known to fit ``schema``) with defaults filled in and numbers as the schema says."""
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        other = schema.get("additionalProperties")
        filled = {key: sub["default"] for key, sub in properties.items() if "default" in sub} | value
        return {
            key: canonical(item, properties.get(key, other if isinstance(other, dict) else {}), _deeper(where, key))
            for key, item in filled.items()
        }
    if isinstance(value, list):
        return [canonical(item, schema.get("items", {}), where) for item in value]
    types = schema.get("type", [])
    if isinstance(value, float) and not math.isfinite(value):
        raise SchurscopeError(f"{where}: {value} is not a finite number")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if "integer" in types:
            return int(value)
        if "number" in types:
            return float(value)
    return value


def _deeper(where: str, key: str) -> str:
    return f"{where}.{key}" if ": " in where else f"{where}: {key}"


def sentence(error: jsonschema.ValidationError, where: str) -> str:
    """One sentence for one schema error."""
    place = ".".join(str(part) for part in error.absolute_path)
    place = f"{where}: {place}" if place else where
    got, rule = shown(error.instance), error.validator_value
    match error.validator:
        case "additionalProperties":
            allowed = list(error.schema.get("properties", {}))
            key = next(key for key in got if key not in allowed)
            close = difflib.get_close_matches(str(key), allowed, n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            return f"{place}: unknown key {key!r}{hint}; allowed: {', '.join(allowed)}"
        case "type":
            wanted = " or ".join(PLAIN[t] for t in ([rule] if isinstance(rule, str) else rule))
            return f"{place}: {got!r} is {kind(got)}, but {wanted} is needed{number_hint(got, rule)}"
        case "required":
            missing = next(key for key in rule if key not in got)
            return f"{place}: the key {missing!r} is missing"
        case "enum":
            return f"{place}: {got!r} is not known; allowed: {', '.join(map(str, rule))}"
        case "minItems":
            return f"{place}: the list has {len(got)} entries; at least {rule} needed"
        case "minProperties":
            return f"{place}: the section is empty; at least {rule} entry needed"
        case "uniqueItems":
            twice = next(item for i, item in enumerate(got) if item in got[:i])
            return f"{place}: {twice!r} stands there twice; each entry may stand there once"
        case "minimum":
            return f"{place}: {got!r} is too small; at least {rule} is allowed"
        case "exclusiveMinimum":
            return f"{place}: {got!r} is too small; it must be above {rule}"
        case "maximum":
            return f"{place}: {got!r} is too large; at most {rule} is allowed"
        case "exclusiveMaximum":
            return f"{place}: {got!r} is too large; it must be below {rule}"
        case "pattern" | "propertyNames":
            return f"{place}: {got!r} is not a name; letters, digits and _ are allowed, a letter first"
    return f"{place}: {error.message}"


def shown(value):
    """A value for a sentence: nothing longer than a line."""
    return value if len(repr(value)) < 80 or isinstance(value, (dict, list)) else f"{str(value)[:40]}..."


def kind(value) -> str:
    """What a user would call the type of ``value``."""
    names = {dict: "a section", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return "empty" if value is None else names[type(value)]


def number_hint(value, wanted) -> str:
    """YAML reads 1e-3 as text: say how to write it."""
    if not isinstance(value, str) or not {"number", "integer"} & set([wanted] if isinstance(wanted, str) else wanted):
        return ""
    try:
        number = float(value)
    except ValueError:
        return ""
    if not math.isfinite(number):
        return ""
    if "number" not in wanted:
        return f" (write {number:.0f} without quotes{IN_A_FILE})" if number.is_integer() else ""
    if "e" not in value.lower():
        return f" (write {value} without quotes{IN_A_FILE})"
    mantissa, _, exponent = f"{number:.6e}".partition("e")
    mantissa = mantissa.rstrip("0")
    plain = f"{mantissa}0e{int(exponent):+d}" if mantissa.endswith(".") else f"{mantissa}e{int(exponent):+d}"
    return f" (YAML reads it as text; write {plain})"
