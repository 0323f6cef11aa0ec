// The step display of the launcher and of the command line: a line for each step, with what is going on and the time it took.

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Away from a terminal a step is announced only when it takes longer than this; shorter ones print their end alone. */
const announceMs = 2_000;
/** Away from a terminal a step that goes on shows a sign of life this often. */
const aliveMs = 30_000;

/** Seconds with one decimal, minutes from 100 seconds on. */
export function duration(ms) {
  const seconds = ms / 1_000;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Shows `label` while `work` runs, then a tick or a cross with the time. `work` gets `tell(detail)` to say what it is doing;
 * what it returns is returned, what it throws is thrown. Writes to standard error, so that standard output stays the answer.
 */
export async function step(label, work, out = process.stderr) {
  const start = Date.now();
  const line = out.isTTY ? liveLine(label, start, out) : plainLine(label, start, out);
  try {
    const result = await work(line.tell);
    line.end('✓');
    return result;
  } catch (error) {
    line.end('✗');
    throw error;
  }
}

/** The steps that run now, in the order of their start: a terminal shows the first one as it goes on. */
const running = [];

function liveLine(label, start, out) {
  let detail = '';
  let frame = 0;
  const draw = () => {
    if (running[0] !== draw) return;
    frame += 1;
    const text = `${frames[frame % frames.length]} ${label}${detail && `: ${detail}`}  ${duration(Date.now() - start)}`;
    out.write(`\r\x1b[2K${text.slice(0, (out.columns || 80) - 1)}`);
  };
  const timer = setInterval(draw, 100);
  running.push(draw);
  draw();
  return {
    tell(text) {
      detail = text;
    },
    end(mark) {
      clearInterval(timer);
      running.splice(running.indexOf(draw), 1);
      out.write(`\r\x1b[2K${mark} ${label}  ${duration(Date.now() - start)}\n`);
    },
  };
}

function plainLine(label, start, out) {
  let last = '';
  const announce = setTimeout(() => out.write(`… ${label}\n`), announceMs);
  const alive = setInterval(() => out.write(`… ${label}, ${duration(Date.now() - start)} so far\n`), aliveMs);
  return {
    tell(text) {
      if (text !== last) out.write(`… ${label}: ${text}\n`);
      last = text;
      clearTimeout(announce);
    },
    end(mark) {
      clearTimeout(announce);
      clearInterval(alive);
      out.write(`${mark} ${label}  ${duration(Date.now() - start)}\n`);
    },
  };
}
