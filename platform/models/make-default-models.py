"""Writes default-models.ts from the price table in a wheel of PyPI's `litellm` (MIT).

    pip download --no-deps litellm && python3 platform/models/make-default-models.py litellm-*.whl

Prices are micros (millionths of a US dollar) per million tokens: input, cached input, output; then come the most tokens of prompt and
answer together and of an answer, 0 where the table does not say; `thinks` marks those that think before they answer.
"""

import datetime
import json
import pathlib
import re
import sys
import zipfile

VENDORS = {"openai": "", "anthropic": "", "gemini": "gemini/", "mistral": "mistral/"}
# Dated snapshots cost what their name without a date costs; the rest are no chat models.
LEFT_OUT = re.compile(
    r"\d{4}-\d{2}-\d{2}|-\d{4,8}$|@|ft:|audio|realtime|search|image|tts|embed|live|exp|learnlm|gemma|robot|computer"
    r"|pixtral-12b|mixtral|open-|gpt-3|gpt-4$|gpt-4-|claude-2|claude-instant|claude-3-(?!7)|preview|container|veo|lyria"
)

wheel = pathlib.Path(sys.argv[1])
version = wheel.name.split("-")[1]
with zipfile.ZipFile(wheel) as archive:
    name = next(n for n in archive.namelist() if n.endswith("model_prices_and_context_window_backup.json"))
    table = json.loads(archive.read(name))


def micros(value):
    return round(value * 1e12)


lines = {}
for model, of in table.items():
    prefix = VENDORS.get(of.get("litellm_provider"))
    if prefix is None or of.get("mode") not in ("chat", "responses") or not model.startswith(prefix):
        continue
    plain = model[len(prefix) :]
    given, answered = of.get("input_cost_per_token"), of.get("output_cost_per_token")
    if "/" in plain or LEFT_OUT.search(plain) or not given or not answered:
        continue
    cached = of.get("cache_read_input_token_cost", given)
    thinks = " thinks" if of.get("supports_reasoning") else ""
    # Of some of OpenAI's the table has the bound of the prompt alone: their context is a little longer than is used.
    most = [of.get("max_input_tokens") or 0, of.get("max_output_tokens") or 0]
    numbers = [micros(given), micros(cached), micros(answered), *most]
    lines[plain] = f"{plain} {of['litellm_provider']} {' '.join(map(str, numbers))}{thinks}"

body = "\n".join(lines[key] for key in sorted(lines))
today = datetime.date.today()
pathlib.Path(__file__).with_name("default-models.ts").write_text(
    f"/** The day on which the table below was read. */\nexport const defaultModelsAt = '{today}';\n\n"
    "/**\n * One model a line: its name, who sells it, micros (millionths of a US dollar) per million tokens of input, cached input and output,\n"
    " * the most tokens of its context and of an answer (0: not known), and whether it thinks before it answers. From the price table of\n"
    f" * litellm {version} (PyPI, MIT), read by `make-default-models.py`.\n */\n"
    f"export const defaultModels = `\n{body}\n`;\n"
)
print(len(lines), "models of litellm", version)
