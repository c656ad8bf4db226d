import { refusal } from '../../platform/errors.js';

export class OperatorExists extends refusal(
  'operator_exists',
  'conflict',
  'an operator of this name exists: choose another name',
  {
    param: 'name',
  },
) {}

export class TooManyOperators extends refusal(
  'too_many_operators',
  'conflict',
  'expected at most 199 operators, found 199: delete one first',
) {}

export class OperatorOfSettings extends refusal(
  'operator_of_settings',
  'conflict',
  'the operator admin is who holds ADMIN_TOKEN: change that setting and restart',
) {}
