// Files that the reader drops on the page.

import { useEffect, useState } from "preact/hooks";

/**
 * Opens files that are dropped on the page; returns whether one is being dragged over it.
 * @param {(file: File | undefined) => void} openFile
 */
export function useFileDrop(openFile) {
  const [isDragging, setDragging] = useState(false);
  useEffect(() => {
    const over = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setDragging(true);
    };
    const leave = (/** @type {DragEvent} */ event) =>
      event.relatedTarget === null && setDragging(false);
    const drop = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setDragging(false);
      openFile(event.dataTransfer?.files[0]);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  });
  return isDragging;
}
