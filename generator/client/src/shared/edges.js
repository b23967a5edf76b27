/** Say in `data-more` at which edges of an element there is more to scroll to: above, below, before, after. @param {HTMLElement} element */
export function markEdges(element) {
  const { scrollTop, scrollHeight, clientHeight, scrollLeft, scrollWidth, clientWidth } = element;
  const more = [
    ...(scrollTop > 2 ? ["above"] : []),
    ...(scrollTop + clientHeight < scrollHeight - 2 ? ["below"] : []),
    ...(scrollLeft > 2 ? ["before"] : []),
    ...(scrollLeft + clientWidth < scrollWidth - 2 ? ["after"] : []),
  ].join(" ");
  if (more) element.dataset.more = more;
  else delete element.dataset.more;
}
