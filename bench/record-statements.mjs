import { createRequire } from 'node:module';

// Preloaded (`node --import`) into a server of the statement check: tells its parent, when asked, every statement that reached a driver since the
// last question. It stands in front of the drivers and not of an ORM, so what an ORM adds is counted too.
const require = createRequire(import.meta.url);
const statements = [];

recordMysql(require('mysql2').Connection.prototype);
for (const name of ['better-sqlite3', 'libsql']) {
  try {
    recordSqlite(require(name));
  } catch {
    // Not every machine has both.
  }
}
process.on('message', (message) => {
  if (message === 'take-statements') process.send?.({ statements: statements.splice(0) });
});

function recordMysql(prototype) {
  for (const name of ['query', 'execute']) {
    const original = prototype[name];
    prototype[name] = function (sql, ...rest) {
      statements.push(typeof sql === 'string' ? sql : sql.sql);
      return original.call(this, sql, ...rest);
    };
  }
}

function recordSqlite(Driver) {
  const texts = new WeakMap();
  const { prepare, exec } = Driver.prototype;
  Driver.prototype.prepare = function (sql, ...rest) {
    const statement = prepare.call(this, sql, ...rest);
    texts.set(statement, sql);
    return statement;
  };
  Driver.prototype.exec = function (sql, ...rest) {
    statements.push(sql);
    return exec.call(this, sql, ...rest);
  };
  const prototype = Object.getPrototypeOf(new Driver(':memory:').prepare('SELECT 1'));
  for (const name of ['run', 'get', 'all']) {
    const original = prototype[name];
    prototype[name] = function (...parameters) {
      statements.push(texts.get(this) ?? '');
      return original.apply(this, parameters);
    };
  }
}
