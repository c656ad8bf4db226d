import { describe, expect, it } from '@jest/globals';
import { judgePool } from './database-server.js';

const MB = 1024 * 1024;

describe("the server's pool beside the tables", () => {
  it('warns where the tables have outgrown it, with both sizes', () => {
    expect(judgePool(128 * MB, 4096 * MB)).toMatchObject({
      verdict: 'warning',
      found: 'innodb_buffer_pool_size = 128 MB, with 4096 MB of tables',
    });
    expect(judgePool(128 * MB, 512 * MB + 1)).toMatchObject({ verdict: 'warning' });
  });

  it('says nothing of tables that it mostly holds, or where a size is not known', () => {
    expect(judgePool(128 * MB, 512 * MB)).toBeNull();
    expect(judgePool(128 * MB, Number(null))).toBeNull();
    expect(judgePool(Number.NaN, 4096 * MB)).toBeNull();
  });
});
