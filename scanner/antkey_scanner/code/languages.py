"""What each language calls the few things that the rules speak of: kinds of nodes, operators, endings.

Data only. The kinds are those of the tree-sitter grammars that `ast-grep-py` brings.
"""

from __future__ import annotations

from typing import NamedTuple


class Language(NamedTuple):
    """One language.

    grammar: its name for the parser; endings: of file names, with the dot; functions, lambdas, classes:
    kinds of definitions; assigns: kinds that give a name a value; returns, ifs, tries, catches, calls,
    strings, comments: kinds; either: operators whose right side stands in for the left; ternaries: kinds
    of conditional expressions; coalescing: methods whose argument stands in for what they are called on;
    raises: kinds that end the way; choices: kinds of expressions that choose among branches; defaults:
    kinds of parameters that may have a value of their own; bodies: kinds of functions' bodies where the
    grammar has no field for them; is_expression: the last expression of a function is what it returns.
    """

    name: str
    grammar: str
    endings: tuple[str, ...]
    functions: tuple[str, ...]
    assigns: tuple[str, ...]
    calls: tuple[str, ...]
    returns: tuple[str, ...] = ("return_statement",)
    ifs: tuple[str, ...] = ("if_statement",)
    tries: tuple[str, ...] = ("try_statement",)
    catches: tuple[str, ...] = ("catch_clause",)
    binaries: tuple[str, ...] = ("binary_expression",)
    either: tuple[str, ...] = ("||",)
    ternaries: tuple[str, ...] = ("ternary_expression",)
    coalescing: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    strings: tuple[str, ...] = ("string",)
    comments: tuple[str, ...] = ("comment",)
    classes: tuple[str, ...] = ("class_declaration",)
    raises: tuple[str, ...] = ("throw_statement",)
    choices: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    is_expression: bool = False


_JAVASCRIPT = Language(
    "JavaScript",
    "javascript",
    (".js", ".jsx", ".mjs", ".cjs"),
    functions=(
        *("function_declaration", "function_expression", "arrow_function", "method_definition"),
        "generator_function_declaration",
    ),
    assigns=(
        *("variable_declarator", "assignment_expression", "augmented_assignment_expression"),
        "field_definition",
    ),
    calls=("call_expression", "new_expression"),
    either=("||", "??"),
    coalescing=("catch", "get"),
    pairs=("pair",),
    strings=("string", "template_string"),
    defaults=("assignment_pattern",),
)
_TYPESCRIPT = _JAVASCRIPT._replace(
    name="TypeScript",
    grammar="typescript",
    endings=(".ts", ".mts", ".cts"),
    assigns=(*_JAVASCRIPT.assigns[:-1], "public_field_definition"),
    defaults=("required_parameter", "optional_parameter"),
)

LANGUAGES = (
    Language(
        "Python",
        "python",
        (".py", ".pyi"),
        functions=("function_definition", "lambda"),
        assigns=("assignment", "named_expression"),
        calls=("call",),
        catches=("except_clause",),
        binaries=("boolean_operator",),
        either=("or",),
        ternaries=("conditional_expression",),
        coalescing=("get", "getattr"),
        pairs=("keyword_argument", "pair"),
        classes=("class_definition",),
        raises=("raise_statement",),
        defaults=("default_parameter", "typed_default_parameter"),
    ),
    _JAVASCRIPT,
    _TYPESCRIPT,
    _TYPESCRIPT._replace(name="TypeScript JSX", grammar="tsx", endings=(".tsx",)),
    Language(
        "Go",
        "go",
        (".go",),
        functions=("function_declaration", "method_declaration", "func_literal"),
        assigns=("short_var_declaration", "assignment_statement", "var_spec"),
        calls=("call_expression",),
        tries=(),
        catches=(),
        either=(),
        ternaries=(),
        pairs=("keyed_element",),
        strings=("interpreted_string_literal", "raw_string_literal"),
        classes=("type_declaration",),
        raises=(),
    ),
    Language(
        "C#",
        "csharp",
        (".cs",),
        functions=(
            *("method_declaration", "local_function_statement", "lambda_expression"),
            *("constructor_declaration", "property_declaration", "accessor_declaration"),
        ),
        assigns=("variable_declarator", "assignment_expression"),
        calls=("invocation_expression", "object_creation_expression"),
        either=("??",),
        ternaries=("conditional_expression",),
        coalescing=("GetValueOrDefault",),
        pairs=("argument",),
        strings=("string_literal", "verbatim_string_literal", "interpolated_string_expression"),
        raises=("throw_statement", "throw_expression"),
        choices=("switch_expression",),
        defaults=("parameter",),
        bodies=("arrow_expression_clause", "accessor_list"),
    ),
    Language(
        "Java",
        "java",
        (".java",),
        functions=("method_declaration", "lambda_expression", "constructor_declaration"),
        assigns=("variable_declarator", "assignment_expression"),
        calls=("method_invocation", "object_creation_expression"),
        either=(),
        coalescing=(
            *(
                "orElse",
                "orElseGet",
                "or",
                "getOrDefault",
                "defaultIfEmpty",
                "switchIfEmpty",
                "onErrorReturn",
            ),
            *("onErrorResume", "getProperty", "exceptionally"),
        ),
        strings=("string_literal",),
        comments=("line_comment", "block_comment"),
        choices=("switch_expression",),
    ),
    Language(
        "Kotlin",
        "kotlin",
        (".kt", ".kts"),
        functions=("function_declaration", "lambda_literal", "anonymous_function"),
        assigns=("property_declaration", "assignment"),
        calls=("call_expression",),
        returns=("jump_expression",),
        ifs=("if_expression",),
        tries=("try_expression",),
        catches=("catch_block",),
        binaries=("elvis_expression",),
        either=("?:",),
        ternaries=("if_expression",),
        coalescing=(
            *(
                "ifBlank",
                "ifEmpty",
                "orElse",
                "orElseGet",
                "getOrDefault",
                "getOrElse",
                "recover",
                "orEmpty",
            ),
            *("recoverCatching", "switchIfEmpty"),
        ),
        strings=("string_literal",),
        comments=("line_comment", "multiline_comment"),
        raises=(),
        choices=("when_expression",),
        bodies=("function_body", "statements"),
    ),
    Language(
        "Ruby",
        "ruby",
        (".rb", ".rake"),
        functions=("method", "singleton_method", "lambda", "block", "do_block"),
        assigns=("assignment", "operator_assignment"),
        calls=("call",),
        returns=("return",),
        ifs=("if", "unless", "if_modifier", "unless_modifier", "elsif"),
        tries=("begin", "body_statement"),
        catches=("rescue",),
        binaries=("binary", "rescue_modifier"),
        either=("||", "or", "rescue"),
        ternaries=("conditional", "if", "unless"),
        coalescing=("fetch", "dig"),
        pairs=("pair",),
        strings=("string",),
        classes=("class", "module"),
        raises=(),
        choices=("case",),
        defaults=("keyword_parameter", "optional_parameter"),
        is_expression=True,
    ),
    Language(
        "PHP",
        "php",
        (".php",),
        functions=(
            *("function_definition", "method_declaration", "anonymous_function"),
            "arrow_function",
        ),
        assigns=("assignment_expression", "augmented_assignment_expression"),
        calls=(
            *("function_call_expression", "member_call_expression", "object_creation_expression"),
            *("scoped_call_expression", "nullsafe_member_call_expression"),
        ),
        either=("??", "||", "or"),
        ternaries=("conditional_expression",),
        coalescing=("get", "data_get", "rescue"),
        pairs=("array_element_initializer", "argument"),
        strings=("string", "encapsed_string"),
        raises=("throw_expression",),
        choices=("match_expression",),
        defaults=("simple_parameter", "property_promotion_parameter"),
    ),
    Language(
        "Rust",
        "rust",
        (".rs",),
        functions=("function_item", "closure_expression"),
        assigns=("let_declaration", "assignment_expression", "let_condition", "static_item"),
        calls=("call_expression",),
        returns=("return_expression",),
        ifs=("if_expression",),
        tries=(),
        catches=(),
        either=(),
        ternaries=("if_expression",),
        coalescing=(
            *("unwrap_or", "unwrap_or_else", "or", "or_else", "map_or", "unwrap_or_default"),
            *("unwrap_or_log", "ok_or_default"),
        ),
        pairs=("field_initializer",),
        strings=("string_literal", "raw_string_literal"),
        comments=("line_comment", "block_comment"),
        classes=("impl_item", "struct_item"),
        raises=(),
        choices=("match_expression",),
        is_expression=True,
    ),
)

_BY_ENDING = {ending: language for language in LANGUAGES for ending in language.endings}


def language_of(path: str) -> Language | None:
    """The language of a file by its name's ending."""
    _, dot, ending = path.rpartition(".")
    return _BY_ENDING.get(dot + ending.lower()) if dot else None
