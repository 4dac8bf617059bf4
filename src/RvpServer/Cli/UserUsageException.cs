namespace RvpServer.Cli;

/// <summary>A command was used wrongly in a way its parser cannot see: exit code 2.</summary>
internal sealed class UserUsageException(string message) : Exception(message);
