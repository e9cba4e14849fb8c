import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';

const CONNECT_MS = 1000;
const ANSWER_MS = 3000;
const DEADLINE_MS = 8000;

/** How long to wait after a failure: the shortest interval that AppConfig lets a session ask for. */
const RETRY_SECONDS = 15;

/** Return a client of AppConfig's data. It does nothing before its first command. */
export function connectAppConfig(region) {
  const requestHandler = { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true };
  return new AppConfigDataClient({ region, maxAttempts: 2, requestHandler });
}

/**
 * Flags in AWS AppConfig, asked for by a session of this process as often as AppConfig says in each answer (a minute).
 *
 * A token is good for one question. After a failure nobody knows whether it was used, so a new session begins: its
 * first answer is the whole configuration, while later ones are empty as long as nothing changed (AppConfig API
 * reference, GetLatestConfiguration).
 */
export class AppConfigSource {
  #client;
  #names;
  #listener;
  #token;
  #timer;
  #retrySeconds;

  constructor({ application, environment, profile, client, retrySeconds = RETRY_SECONDS }) {
    this.#client = client;
    this.#names = {
      ApplicationIdentifier: application,
      EnvironmentIdentifier: environment,
      ConfigurationProfileIdentifier: profile,
    };
    this.#retrySeconds = retrySeconds;
  }

  /** Ask now and again and again, and tell the listener what is new; the promise is that of the first time. */
  async start(listener) {
    this.#listener = listener;
    await this.#look();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#listener = undefined;
  }

  async #look() {
    const seconds = await this.#ask();
    if (this.#listener) this.#timer = setTimeout(() => this.#look(), seconds * 1000).unref();
  }

  /** Return after how many seconds to ask again. */
  async #ask() {
    try {
      this.#token ??= await this.#begin();
      const answer = await this.#send(new GetLatestConfigurationCommand({ ConfigurationToken: this.#token }));
      this.#token = answer.NextPollConfigurationToken;
      this.#pass(answer.Configuration);
      return answer.NextPollIntervalInSeconds ?? this.#retrySeconds;
    } catch (error) {
      this.#token = undefined;
      this.#listener?.complain(error);
      return this.#retrySeconds;
    }
  }

  #pass(configuration) {
    if (configuration?.length > 0) this.#listener?.tell(new TextDecoder().decode(configuration));
    else this.#listener?.heard();
  }

  async #begin() {
    return (await this.#send(new StartConfigurationSessionCommand(this.#names))).InitialConfigurationToken;
  }

  async #send(command) {
    return this.#client.send(command, { abortSignal: AbortSignal.timeout(DEADLINE_MS) });
  }
}
