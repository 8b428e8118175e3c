// Search in pages that are opened from the disk: browsers refuse workers there, so the worker's script runs in a frame.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.inside = new Promise((resolve) => {
        const start = () => {
          const frame = document.createElement("iframe");
          frame.hidden = true;
          document.body.append(frame);
          const inside = frame.contentWindow;
          inside.document.open();
          inside.document.write("<body></body>");
          inside.document.close();
          inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
          const script = inside.document.createElement("script");
          script.src = url;
          script.onload = () => resolve(inside);
          inside.document.body.append(script);
        };
        document.body ? start() : addEventListener("DOMContentLoaded", start);
      });
    }
    postMessage(data) {
      this.inside.then((inside) => inside.dispatchEvent(new MessageEvent("message", { data })));
    }
    terminate() {}
  };
}
