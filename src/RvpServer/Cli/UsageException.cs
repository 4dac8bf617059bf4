namespace RvpServer.Cli;

/// <summary>A command was used wrongly in a way its parser cannot see: <see cref="ExitCode.WrongUsage"/>.</summary>
internal sealed class UsageException(string message) : Exception(message);
