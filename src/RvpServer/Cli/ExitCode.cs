namespace RvpServer.Cli;

/// <summary>The program's exit codes; scripts rely on them.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>Another process has taken the store: started again, this one would take it back.</summary>
    public const int Taken = 3;
}
