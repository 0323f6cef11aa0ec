/** Where the defaults come from: the price table of PyPI's `litellm` (MIT), read by `make-default-models.py`. */
export const defaultsFrom = { source: 'litellm 1.110.2', date: '2026-11-30' };

/**
 * One model a line: its name, micros (millionths of a US dollar) per million tokens of input, cached input and output, and
 * whether it thinks before it answers.
 */
export const defaultModels = `
chat-latest 5000000 500000 30000000 thinks
claude-fable-5 10000000 1000000 50000000 thinks
claude-fable-5-1 10000000 250000 50000000 thinks
claude-haiku-4-5 1000000 100000 5000000 thinks
claude-haiku-5-5 100000 10000 500000 thinks
claude-mythos-5 10000000 1000000 50000000 thinks
claude-mythos-5-1 10000000 250000 50000000 thinks
claude-opus-4-5 5000000 500000 25000000 thinks
claude-opus-4-6 5000000 500000 25000000 thinks
claude-opus-4-7 5000000 500000 25000000 thinks
claude-opus-4-8 5000000 500000 25000000 thinks
claude-opus-5 5000000 500000 25000000 thinks
claude-opus-5-5 4000000 200000 20000000 thinks
claude-sonnet-4-5 3000000 300000 15000000 thinks
claude-sonnet-4-6 3000000 300000 15000000 thinks
claude-sonnet-5 2000000 200000 10000000 thinks
claude-sonnet-5-5 2000000 100000 10000000 thinks
codestral-latest 300000 30000 900000
codestral-mamba-latest 250000 25000 250000
daybreak-blue-latest 4000000 400000 20000000 thinks
daybreak-red-latest 12500000 1250000 75000000 thinks
devstral-latest 400000 40000 2000000 thinks
devstral-medium-latest 400000 40000 2000000 thinks
devstral-small-latest 100000 10000 300000 thinks
gemini-2.5-flash 300000 30000 2500000 thinks
gemini-2.5-flash-lite 100000 10000 400000 thinks
gemini-2.5-pro 1250000 125000 10000000 thinks
gemini-3.1-flash-lite 250000 25000 1500000 thinks
gemini-3.5-flash 1500000 150000 9000000 thinks
gemini-3.5-flash-lite 300000 30000 2500000 thinks
gemini-3.6-flash 750000 75000 3750000 thinks
gemini-3.7-flash 750000 75000 3750000 thinks
gemini-3.8-flash 750000 75000 3750000 thinks
gemini-4-argon 2000000 100000 10000000 thinks
gemini-4-hydrogen 1500000 75000 7500000 thinks
gemini-flash-latest 750000 75000 3750000 thinks
gemini-flash-lite-latest 300000 30000 2500000 thinks
gemini-omni-1.1-flash 1500000 1500000 9000000 thinks
gemini-omni-1.2-flash 1500000 1500000 9000000 thinks
gemini-pro-latest 2000000 200000 12000000 thinks
glm-5-2 1400000 140000 4400000 thinks
gpt-4.1 2000000 500000 8000000
gpt-4.1-mini 400000 100000 1600000
gpt-4.1-nano 100000 25000 400000
gpt-4o 2500000 1250000 10000000
gpt-4o-mini 150000 75000 600000
gpt-5 1250000 125000 10000000 thinks
gpt-5-chat 1250000 125000 10000000 thinks
gpt-5-chat-latest 1250000 125000 10000000 thinks
gpt-5-codex 1250000 125000 10000000 thinks
gpt-5-mini 250000 25000 2000000 thinks
gpt-5-nano 50000 5000 400000 thinks
gpt-5-pro 15000000 15000000 120000000 thinks
gpt-5.1 1250000 125000 10000000 thinks
gpt-5.1-chat-latest 1250000 125000 10000000 thinks
gpt-5.1-codex 1250000 125000 10000000 thinks
gpt-5.1-codex-max 1250000 125000 10000000 thinks
gpt-5.1-codex-mini 250000 25000 2000000 thinks
gpt-5.2 1750000 175000 14000000 thinks
gpt-5.2-chat-latest 1750000 175000 14000000 thinks
gpt-5.2-codex 1750000 175000 14000000 thinks
gpt-5.2-pro 21000000 21000000 168000000 thinks
gpt-5.3-chat-latest 1750000 175000 14000000 thinks
gpt-5.3-codex 1750000 175000 14000000 thinks
gpt-5.4 2500000 250000 15000000 thinks
gpt-5.4-mini 750000 75000 4500000 thinks
gpt-5.4-nano 200000 20000 1250000 thinks
gpt-5.4-pro 30000000 30000000 180000000 thinks
gpt-5.5 5000000 500000 30000000 thinks
gpt-5.5-cyber 12500000 1250000 75000000 thinks
gpt-5.5-pro 30000000 30000000 180000000 thinks
gpt-5.6 4000000 400000 20000000 thinks
gpt-5.6-cyber 12500000 1250000 75000000 thinks
gpt-5.6-luna 200000 20000 1200000 thinks
gpt-5.6-sol 4000000 400000 20000000 thinks
gpt-5.6-terra 2000000 200000 12000000 thinks
gpt-6-astra 10000000 1000000 50000000 thinks
gpt-6-astra-law 10000000 1000000 50000000 thinks
gpt-6-cyber 20000000 2000000 100000000 thinks
gpt-6-luna 100000 10000 500000 thinks
gpt-6-rosalind 15000000 1500000 75000000 thinks
gpt-6-sol 2000000 200000 10000000 thinks
gpt-6.1-sol 2000000 100000 10000000 thinks
gpt-6.1-terra 1000000 50000 5000000 thinks
gpt-daybreak-blue-latest 4000000 400000 20000000 thinks
gpt-daybreak-red-latest 12500000 1250000 75000000 thinks
gpt-rosalind-discovery 5000000 500000 25000000
magistral-medium-latest 1500000 150000 7500000 thinks
magistral-small-latest 150000 15000 600000 thinks
ministral-14b-latest 200000 20000 200000
ministral-3b-latest 100000 10000 100000
ministral-8b-latest 150000 15000 150000
mistral-code-agent-latest 400000 40000 2000000 thinks
mistral-code-fim-latest 300000 30000 900000
mistral-code-latest 300000 30000 900000
mistral-large-3 500000 50000 1500000
mistral-large-4 700000 70000 2100000 thinks
mistral-large-4-0 700000 70000 2100000 thinks
mistral-large-latest 500000 50000 1500000
mistral-medium 1500000 150000 7500000 thinks
mistral-medium-3 1500000 150000 7500000 thinks
mistral-medium-3-5 1500000 150000 7500000 thinks
mistral-medium-3.5 1500000 150000 7500000 thinks
mistral-medium-latest 1500000 150000 7500000 thinks
mistral-small 100000 10000 300000 thinks
mistral-small-latest 150000 15000 600000 thinks
mistral-tiny 250000 25000 250000
mistral-vibe-cli-fast 150000 15000 600000 thinks
mistral-vibe-cli-latest 1500000 150000 7500000 thinks
mistral-vibe-cli-with-tools 1500000 150000 7500000 thinks
o1 15000000 7500000 60000000 thinks
o1-pro 150000000 150000000 600000000 thinks
o3 2000000 500000 8000000 thinks
o3-mini 1100000 550000 4400000 thinks
o3-pro 20000000 20000000 80000000 thinks
o4-mini 1100000 275000 4400000 thinks
pixtral-large-latest 2000000 200000 6000000
voxtral-small-latest 100000 10000 400000
zai-glm-5 1400000 140000 4400000 thinks
zai-glm-5-2 1400000 140000 4400000 thinks
zai-glm-5-3 1400000 140000 4400000 thinks
zai-glm-5-3-flash 150000 30000 500000 thinks
zai-glm-latest 1400000 140000 4400000 thinks
`;
