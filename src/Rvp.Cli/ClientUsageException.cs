namespace Rvp.Cli;

/// <summary>The command line is wrong: one line says how, and the exit code is 2.</summary>
internal sealed class ClientUsageException(string line) : Exception(line);

/// <summary>The command could not be done: one line says why, and the exit code is 1, or another one.</summary>
internal sealed class FailedException(string line, int exitCode = ClientCommandLine.Failed) : Exception(line)
{
    public int ExitCode => exitCode;
}
