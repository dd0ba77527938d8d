// @ts-check
/**
 * A Babel plugin that ends runaway loops with a line number (plugins.md 5.4): every loop counts its rounds, and every 1024 of them ask the clock. Where
 * a loop waits, the time begins anew, so that only what never lets go is ended.
 * @param {any} babel
 */
export function loopGuards({ types: t }) {
  /** What a loop's guard is called, by its node. @type {WeakMap<object, {rounds: any, since: any}>} */
  const guards = new WeakMap();

  const waits = (/** @type {any} */ path) => {
    const value = path.node.argument;
    if (!value || path.node.delegate) return;
    /** @type {any[]} */
    const resets = [];
    for (let at = path.parentPath; at && !at.isFunction(); at = at.parentPath) {
      const guard = guards.get(at.node);
      if (guard) resets.push(t.assignmentExpression('=', t.cloneNode(guard.since), t.numericLiteral(0)));
    }
    if (resets.length > 0) path.node.argument = t.sequenceExpression([...resets, value]);
  };

  return {
    visitor: {
      Loop: {
        enter(/** @type {any} */ path) {
          if (guards.has(path.node) || path.node.await) return;
          guards.set(path.node, { rounds: path.scope.generateUidIdentifier('rounds'), since: path.scope.generateUidIdentifier('since') });
        },
        exit(/** @type {any} */ path) {
          const guard = guards.get(path.node);
          if (!guard || path.node.guarded) return;
          path.node.guarded = true;
          const { line = 0, column = 0 } = path.node.loc?.start ?? {};
          const { rounds, since } = guard;
          path.ensureBlock();
          const ask = t.callExpression(t.identifier('__loop'), [t.cloneNode(since), t.numericLiteral(line), t.numericLiteral(column + 1)]);
          // In stack traces it stands where the loop does.
          ask.loc = path.node.loc;
          path.node.body.body.unshift(t.ifStatement(
            t.binaryExpression('===', t.binaryExpression('&', t.updateExpression('++', t.cloneNode(rounds), true), t.numericLiteral(1023)), t.numericLiteral(0)),
            t.expressionStatement(t.assignmentExpression('=', t.cloneNode(since), ask)),
          ));
          let statement = path;
          while (statement.parentPath.isLabeledStatement()) statement = statement.parentPath;
          statement.insertBefore(t.variableDeclaration('let', [
            t.variableDeclarator(rounds, t.numericLiteral(0)), t.variableDeclarator(since, t.numericLiteral(0)),
          ]));
        },
      },
      AwaitExpression: { exit: waits },
      YieldExpression: { exit: waits },
    },
  };
}
