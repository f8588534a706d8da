/** Stands in for Node's own modules, which the decoders ask for only under Node. */
export default {};
