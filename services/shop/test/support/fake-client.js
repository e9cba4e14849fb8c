/** A DynamoDB client that gives the answers it was given, in turn, and remembers what it was asked. */
export class FakeClient {
  asked = [];

  constructor(...answers) {
    this.answers = answers;
  }

  async send({ constructor, input }) {
    this.asked.push({ command: constructor.name, ...input });
    const answer = this.answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

/** Return an error of DynamoDB. */
export function dynamoError(name, fields = {}) {
  return Object.assign(new Error('no'), { name, ...fields });
}

export const REFUSED = 'ConditionalCheckFailedException';
