import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { id, instant, word } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';

/** An operator whose browser holds a cookie of the console. */
@Entity('console_login')
@Index('console_login_operator', ['operatorId', 'createdAt'])
export class ConsoleLogin {
  /** SHA-256 of the cookie's value, base64url. The value has 240 random bits, so no salt is needed. */
  @PrimaryColumn({ ...word(43), name: 'cookie_hash' }) cookieHash!: string;
  /** `admin` for who holds ADMIN_TOKEN. */
  @Column({ ...id(), name: 'operator_id' }) operatorId!: string;
  /**
   * Of the token that was shown: the login opens nothing once that token does not. An operator's is kept as in `operator`; ADMIN_TOKEN, which somebody may have
   * thought of, as an HMAC keyed with the cookie's value, which is not in the database.
   */
  @Column(word(43)) credential!: string;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** To the minute. */
  @Column({ ...instant(), name: 'used_at' }) usedAt!: number;
}

export const CONSOLE_LOGINS = tableOf(ConsoleLogin);
