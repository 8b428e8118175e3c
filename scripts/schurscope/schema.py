"""Check plain data against a JSON schema.

One sentence for the first mistake, defaults filled in, numbers made canonical.
"""

import difflib
import math

import jsonschema

from schurscope.errors import SchurscopeError

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
    errors = jsonschema.Draft202012Validator(schema).iter_errors(value)
    first = min(errors, key=lambda e: ([str(part) for part in e.absolute_path], str(e.validator)), default=None)
    if first is not None:
        raise SchurscopeError(sentence(first, where))
    return canonical(value, schema, where)


def canonical(value, schema: dict, where: str):
    """``value`` (known to fit ``schema``) with defaults filled in and numbers as the schema says."""
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        other = schema.get("additionalProperties")
        filled = {key: sub["default"] for key, sub in properties.items() if "default" in sub} | value
        return {
            key: canonical(item, properties.get(key, other if isinstance(other, dict) else {}), f"{where}: {key}")
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


def sentence(error: jsonschema.ValidationError, where: str) -> str:
    """One sentence for one schema error."""
    place = ".".join(str(part) for part in error.absolute_path)
    place = f"{where}: {place}" if place else where
    got, rule = error.instance, error.validator_value
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
        case "pattern" | "propertyNames":
            return f"{place}: {got!r} is not a name; letters, digits and _ are allowed, a letter first"
    return f"{place}: {error.message}"


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
    mantissa, _, exponent = f"{number:.6e}".partition("e")
    mantissa = mantissa.rstrip("0")
    plain = f"{mantissa}0e{int(exponent):+d}" if mantissa.endswith(".") else f"{mantissa}e{int(exponent):+d}"
    return f" (YAML reads it as text; write {plain})"
