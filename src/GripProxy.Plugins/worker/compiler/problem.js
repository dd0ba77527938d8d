// @ts-check

/** Why a package cannot be compiled, located where that is known. */
export class Problem extends Error {
  /**
   * @param {'compile_error' | 'import_refused'} code
   * @param {string} message
   * @param {{file: string, line?: number, column?: number, text?: string}} where
   */
  constructor(code, message, where) {
    super(message);
    this.code = code;
    /** The message as it was given; Babel puts the file before it. */
    this.reason = message;
    this.where = where;
  }
}
