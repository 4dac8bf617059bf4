using System.Collections.Concurrent;
using RvpServer.Directories;

namespace RvpServer.Authentication.Ntlm;

/// <summary>
/// A few helper processes that ask a domain controller to check NTLM proofs. Each answers one question at a time and keeps no state between two, so that none
/// belongs to a connection; one that has ended or hangs is replaced.
/// </summary>
internal sealed partial class NtlmAuthHelpers(NtlmAuthCommand command, TimeProvider clock, ILogger<NtlmAuthHelpers> logger) : IDisposable
{
    /// <summary>Processes at a time; a question takes about 5 ms, so these are enough for hundreds of sign-ins a second.</summary>
    internal const int MaxProcesses = 4;

    /// <summary>Longer than winbindd usually needs to find another domain controller, shorter than clients wait.</summary>
    internal static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    // The helper answers only in prose. These sentences are about the domain, not the person; they are its texts for NT_STATUS codes.
    private static readonly string[] Faults =
        ["winbind", "logon servers", "domain controller", "trust relationship", "NT_STATUS_", "timed out", "time-out", "timeout"];

    private readonly SemaphoreSlim turns = new(MaxProcesses, MaxProcesses);
    private readonly ConcurrentStack<NtlmAuthProcess> idle = new();

    /// <summary>Whether the proof is right. Throws <see cref="DirectoryException"/> when the domain cannot decide.</summary>
    public async Task<bool> AskAsync(NtlmQuestion question, CancellationToken stop)
    {
        await turns.WaitAsync(stop);
        try
        {
            var answer = await AskOneAsync(question);
            if (answer.IsAuthenticated) return true;
            if (Array.Exists(Faults, fault => answer.Reason.Contains(fault, StringComparison.OrdinalIgnoreCase)))
            {
                throw new DirectoryException($"{command.Program}: {answer.Reason}");
            }
            Log.Refused(logger, question.UserName, answer.Reason);
            return false;
        }
        finally
        {
            turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (idle.TryPop(out var process)) process.Dispose();
        turns.Dispose();
    }

    // After a question was sent its answer is awaited even if the caller is gone; otherwise it would be read as the answer to the next question.
    private async Task<NtlmAuthAnswer> AskOneAsync(NtlmQuestion question)
    {
        using var limit = new CancellationTokenSource(AnswerTime, clock);
        while (true)
        {
            var isUsed = idle.TryPop(out var process);
            try
            {
                process ??= NtlmAuthProcess.Start(command, line => Log.Complaint(logger, line));
                var answer = await process.AskAsync(question, limit.Token);
                idle.Push(process);
                return answer;
            }
            catch (IOException) when (isUsed)
            {
                // It ended while nobody used it; the next one may work.
                process!.Dispose();
            }
            catch (IOException e)
            {
                process?.Dispose();
                throw new DirectoryException($"{command.Program}: {e.Message}", e);
            }
            catch (OperationCanceledException e)
            {
                process?.Dispose();
                throw new DirectoryException($"{command.Program} did not answer within {AnswerTime}", e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "NtlmDomainRefused", Level = LogLevel.Information, Message = "The domain refuses {Account}: {Reason}")]
        public static partial void Refused(ILogger logger, string account, string reason);

        [LoggerMessage(EventName = "NtlmHelperComplains", Level = LogLevel.Warning, Message = "ntlm_auth says: {Line}")]
        public static partial void Complaint(ILogger logger, string line);
    }
}
