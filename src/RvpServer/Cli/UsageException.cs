namespace RvpServer.Cli;

/// <summary>Wrong usage of a command that the parser cannot detect: <see cref="ExitCode.WrongUsage"/>.</summary>
internal sealed class UsageException(string message) : Exception(message);
