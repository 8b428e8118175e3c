"""Config files as text: what YAML would take without a word, or refuse without saying where.

Standard YAML lets the last of two equal keys win. Here both are named.
"""

from pathlib import Path

import yaml

from schurscope.foundations.errors import SchurscopeError


def check_yaml(path: Path) -> None:
    """Raise SchurscopeError for a file that is not YAML or has a key twice: file, line, and what is probably meant."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SchurscopeError(f"{path} cannot be read as text: {error}") from None
    try:
        for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
            _check_keys(document, path)
    except yaml.YAMLError as error:
        raise SchurscopeError(_sentence(error, path, text.splitlines())) from None
    except RecursionError:
        raise SchurscopeError(f"{path} is nested too deeply") from None


def _check_keys(node, path: Path, where: str = "") -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_keys(item, path, where)
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        line, name = key.start_mark.line + 1, str(key.value)
        if name in lines:
            place = f" of {where}" if where else ""
            raise SchurscopeError(
                f"{path}: the key {name!r}{place} stands there twice, in lines {lines[name]} and {line}; keep one"
            )
        lines[name] = line
        _check_keys(value, path, f"{where}.{name}" if where else name)


def _sentence(error: yaml.YAMLError, path: Path, lines: list[str]) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:  # a character that YAML does not allow has no mark
        place = getattr(error, "position", None)
        number = "\n".join(lines)[:place].count("\n") if place is not None else 0
        column = 0
    else:
        number, column = min(mark.line, max(len(lines) - 1, 0)), mark.column
    line = lines[number] if lines else ""
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    hint = _meant(str(problem), line, lines[number - 1] if number else "")
    return f"{path} is not YAML: line {number + 1}, column {column + 1}: {line.strip()!r}: {problem}{hint}"


def _meant(problem: str, line: str, before: str) -> str:
    """What is probably meant, in words; empty where there is no guess."""
    both = (before, line)
    if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in problem:
        return "; indent with spaces, not with a tab"
    for opening, closing in ("[]", "{}"):
        if any(one.count(opening) > one.count(closing) for one in both):
            return f"; is a {closing} missing?"
        if line.count(closing) > line.count(opening):
            return f"; is a {opening} missing?"
    if any(one.count(mark) % 2 for one in both for mark in "\"'"):
        return "; is a quote missing?"
    for one in both:
        head, colon, rest = one.strip().partition(":")
        if colon and rest and not rest.startswith(" ") and head.replace("_", "").isalnum():
            return f"; is a space missing after the colon, as in '{head}: {rest.strip()}'?"
    if "mapping values" in problem or "block mapping" in problem or "block end" in problem:
        return "; keys of one section begin in one column, one key a line; a text with ': ' in it needs quotes"
    if "expected ':'" in problem:
        word = next((one.strip() for one in (line, before) if ":" not in one), line.strip())
        return f"; is a colon missing, as in '{word}:'?"
    if line.strip()[:1] in ("@", "`", "%", "&", "*", "!"):
        return "; a text that begins so needs quotes"
    return ""
