namespace RvpServer.Cli;

/// <summary>How the program ends; scripts rely on it.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
}
