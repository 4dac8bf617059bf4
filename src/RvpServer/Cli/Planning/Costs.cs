namespace RvpServer.Cli.Planning;

/// <summary>
/// The figures of which the planner's model is made: what clients do, what things cost, and what a machine bears. Microseconds are of the machine of
/// docs/performance.md, which has two shared cores: on a faster one they are fewer.
/// </summary>
internal static class Costs
{
    // What clients do.

    /// <summary>A state lasts 20 minutes. (docs/performance.md, scale)</summary>
    public const double StateRenewalsAnHour = 3;

    /// <summary>Sign-in and watches last four hours. (docs/performance.md, scale)</summary>
    public const double SubscriptionRenewalsAnHour = 0.25;

    /// <summary>A POLL that brings nothing is asked again after two minutes.</summary>
    public const double IdlePollsAnHour = 30;

    /// <summary>How long it takes at nine o'clock until everybody is signed in. (Decision)</summary>
    public const double SignInSeconds = 1800;

    // Processor time of the server.

    /// <summary>
    /// A request, or a notification to a callback: 1.19 cores for 3,177 and 6,234 of them a second. At full load it is half. (docs/performance.md, scale)
    /// </summary>
    public const double EventMicros = 120;

    /// <summary>News that are kept for a client which polls, until they are fetched. (docs/scale.md, The model against measurements)</summary>
    public const double KeptNewsMicros = 30;

    /// <summary>A sign-in with twenty contacts: 5 to 10 ms. (docs/performance.md)</summary>
    public const double SignInMicros = 7_000;

    /// <summary>A process that has nothing to do: 2.7 % of a core. (docs/performance.md, Administration; as a member of a cluster 2 to 4 %)</summary>
    public const double IdleCores = 0.03;

    /// <summary>What a request costs more whose account another process has, both sides. (docs/scale.md, The model against measurements)</summary>
    public const double HopMicros = 200;

    /// <summary>
    /// What news costs more whose receiver another process has: alone 15 µs, 2.4 in twenties. (docs/scale.md, The model against measurements)
    /// </summary>
    public const double NewsHopMicros = 15;

    /// <summary>The part of a machine's cores that may be busy at peak: beyond, answers take longer and longer. (Decision)</summary>
    public const double BusyShare = 0.6;

    // Memory.

    /// <summary>
    /// A process without people, before the reserve: working sets under load were 190 to 290 MB. (docs/scale.md, The model against measurements)
    /// </summary>
    public const double BaseBytes = 200e6;

    /// <summary>
    /// Somebody who is signed in, without contacts; with twenty, working set: 4.2 KB, 6 KB at ten times the rate. (docs/performance.md, scale)
    /// </summary>
    public const double PersonBytes = 2_000;

    /// <summary>Each contact of somebody who is signed in; see <see cref="PersonBytes"/>.</summary>
    public const double ContactBytes = 200;

    /// <summary>An account that is not signed in: its properties and access list.</summary>
    public const double AbsentBytes = 1_000;

    /// <summary>A POLL that waits, with its connection: 12 KB, 15 where its account is in another process. (docs/performance.md, How large a machine)</summary>
    public const double WaitingBytes = 15_000;

    /// <summary>Room for garbage. (Decision)</summary>
    public const double MemoryReserve = 1.5;

    /// <summary>What the system of a machine takes beside. (Decision)</summary>
    public const double SystemBytes = 1e9;

    // The store.

    /// <summary>A change of state, watched or not. (docs/scale.md, The model against measurements)</summary>
    public const double RowsOfChange = 1;

    /// <summary>A message for a client that polls: a row that comes and goes. News that are fetched at once are never stored.</summary>
    public const double RowsOfFetchedMessage = 2;

    /// <summary>A message in both histories.</summary>
    public const double RowsOfHistory = 2;

    /// <summary>Of somebody who is signed in, beside the watches: node, account, sign-in, view, state.</summary>
    public const double RowsOfSignIn = 5;

    /// <summary>Of somebody who is not: node, account.</summary>
    public const double RowsOfAbsent = 2;

    /// <summary>A row in PostgreSQL with its indexes: 326 MB for 1.15 million, and as much again for what vacuum has not cleared.</summary>
    public const double RowBytes = 2 * 283;

    /// <summary>An account with its secrets. (docs/performance.md: 6 KB with twenty contacts, of which most are watches)</summary>
    public const double AccountBytes = 1_000;

    /// <summary>A message in one history, with its index. (docs/operations.md)</summary>
    public const double HistoryBytes = 1_000;

    /// <summary>For how long a history is kept: a year of 250 days with ten hours of work. (<c>Rvp:Messages:ArchiveLifetime</c>)</summary>
    public const double HistoryHours = 2_500;

    /// <summary>
    /// What a written row adds to PostgreSQL's log: 255 bytes in place; more for a new one, and after a checkpoint. (docs/scale.md, likewise)
    /// </summary>
    public const double LogBytesOfRow = 500;

    /// <summary>The same of a row of a history, which has an index of words.</summary>
    public const double LogBytesOfHistory = 2_000;

    /// <summary>A row: 2 to 11 µs of PostgreSQL's processor time, by the size of the groups.</summary>
    public const double RowMicros = 10;

    /// <summary>A transaction of a few rows, with the fence. (docs/scale.md, The model against measurements)</summary>
    public const double TransactionMicros = 300;

    /// <summary>Transactions of one process: a group gathers for 2 ms (<c>GroupCommit.Moment</c>), and is written.</summary>
    public const double MostTransactions = 400;

    /// <summary>Connections of one process to PostgreSQL at most: 12, and 4 for who is a member.</summary>
    public const double ConnectionsOfProcess = 16;

    // What goes over wires.

    /// <summary>A request with a proof, and its answer, on the wire.</summary>
    public const double RequestBytes = 2_000;

    /// <summary>A notification to a callback, and its answer, on the wire.</summary>
    public const double NotificationBytes = 1_500;

    /// <summary>News between two processes.</summary>
    public const double NewsBytes = 750;

    // Serving again.

    /// <summary>
    /// Until what a killed process had is served by others, beside the reading: 3 to 6 s, by how busy machines are. (docs/scale.md, Measured)
    /// </summary>
    public const double TakeOverSeconds = 5.5;

    /// <summary>Until a process that ended is started again (<c>RestartSec</c>), and serves: 2 s and 0.5 s. (docs/performance.md)</summary>
    public const double RestartSeconds = 2.5;

    /// <summary>Reading a row of SQLite: 8.1 s for 100,000 accounts with twenty watches. (docs/performance.md)</summary>
    public const double SqliteReadMicros = 3.5;

    /// <summary>A start with SQLite reads the whole file: 0.1 s for 150 MB. (docs/operations.md, One server, one store)</summary>
    public const double SqliteCheckSecondsOfByte = 0.1 / 150e6;

    /// <summary>Reading a row of PostgreSQL: 13 µs of processor time, in two threads.</summary>
    public const double PostgresReadMicros = 13.0 / 2;

    // What bears how much.

    /// <summary>Events a second that one process with SQLite was measured with. (docs/performance.md, scale: 3,177 requests and 6,234 notifications)</summary>
    public const double SqliteEvents = 9_400;

    /// <summary>People signed in that one process with SQLite was measured with. (docs/performance.md, scale)</summary>
    public const double SqlitePeople = 100_000;

    /// <summary>For how long one process alone may be away after it has died. (Decision)</summary>
    public const double LongestAbsence = 60;

    /// <summary>What a database writes to its log: a good NVMe disk, and a synchronous standby at 10 Gbit/s. (Decision)</summary>
    public const double LogBytesASecond = 200e6;

    /// <summary>Cores of a database machine; all of its rows go through one log, so more hardly help. (Decision)</summary>
    public const double DatabaseCores = 16;

    /// <summary>A database that can still be backed up and restored within a day. (Decision)</summary>
    public const double DatabaseBytes = 10e12;

    /// <summary>Accounts up to which the default number of shards suffices. (docs/scale.md)</summary>
    public const double AccountsOfDefaultShards = 2_000_000;

    /// <summary>Shards that a process should have at least, or one has twice as many as another. (Decision)</summary>
    public const double ShardsOfProcess = 8;

    /// <summary>A cluster of two decides nothing when one of them dies, and is one process while the other is upgraded. (Decision)</summary>
    public const double FewestProcesses = 3;
}
