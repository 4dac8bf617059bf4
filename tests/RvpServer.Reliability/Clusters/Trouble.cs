namespace RvpServer.Reliability.Clusters;

/// <summary>What befalls a cluster.</summary>
public enum Trouble
{
    /// <summary>A process is killed.</summary>
    Kill,

    /// <summary>A process stands still until the others serve what it had.</summary>
    Freeze,

    /// <summary>A process does not reach the others, nor they it; clients and database it does.</summary>
    CutFromOthers,

    /// <summary>A process alone does not reach the database.</summary>
    CutFromDatabase,

    /// <summary>A process reaches nobody, and nobody it.</summary>
    CutFromEverything,

    /// <summary>The database is stopped, for five seconds.</summary>
    DatabaseStopped,

    /// <summary>The database is killed, and is away for five seconds.</summary>
    DatabaseKilled,

    /// <summary>Nobody reaches the database for ten seconds.</summary>
    DatabaseCut,

    /// <summary>The database is killed, and five seconds later its standby takes its place.</summary>
    DatabaseFailsOver,
}
