// Reload the page when it changes, at the place where the reader is; show errors of builds over it.
// The server of `drportal preview` adds this script: no published page has it.
"use strict";
(() => {
  const key = `drportal-preview ${location.pathname}`;
  const box = document.createElement("div");
  let tag;
  let first;
  let firstData;

  /** The mark of the page's file; null where there is none. */
  const mark = async () => {
    try {
      const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" });
      return answer.headers.get("ETag");
    } catch {
      return tag; // the preview has ended
    }
  };

  const showProblems = (problems) => {
    box.replaceChildren();
    box.remove();
    if (problems.length === 0) return;
    const head = document.createElement("p");
    head.textContent = "drportal preview: the last build failed, this is the page before it";
    const list = document.createElement("ul");
    for (const problem of problems) {
      const line = document.createElement("li");
      line.textContent = problem;
      list.append(line);
    }
    box.append(head, list);
    box.setAttribute("role", "alert");
    box.id = "drportal-preview-problems";
    Object.assign(box.style, {
      position: "fixed", inset: "auto 1rem 1rem", zIndex: 2147483647, padding: "0.5rem 1rem", maxHeight: "50vh",
      overflow: "auto", background: "#7a1020", color: "#fff", font: "14px/1.5 monospace", overflowWrap: "anywhere",
    });
    document.body.append(box);
  };

  const restore = () => {
    const kept = sessionStorage.getItem(key);
    if (!kept) return;
    sessionStorage.removeItem(key);
    const [x, y] = JSON.parse(kept);
    // Parts that scripts add may come after the page itself.
    let left = 20;
    const go = () => {
      scrollTo({ left: x, top: y, behavior: "instant" });
      if (Math.abs(scrollY - y) > 1 && left-- > 0) setTimeout(go, 50);
    };
    go();
  };

  const reload = () => {
    sessionStorage.setItem(key, JSON.stringify([scrollX, scrollY]));
    location.reload();
  };

  const changed = async (event) => {
    const { number, problems, data } = JSON.parse(event.data);
    showProblems(problems);
    if (first === undefined) [first, firstData] = [number, data];
    else if (number !== first && problems.length === 0) {
      first = number;
      // Data are loaded by scripts of a page that stays as it is.
      if (data !== firstData || (await mark()) !== tag) reload();
    }
  };

  addEventListener("load", restore);
  mark().then((found) => {
    tag = found;
    const events = new EventSource(`/-/events?page=${encodeURIComponent(location.pathname)}`);
    events.addEventListener("message", changed);
  });
})();
