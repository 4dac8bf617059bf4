using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace RvpServer.Authentication.Ntlm;

/// <summary>The helper's answer.</summary>
/// <param name="IsAuthenticated">The proof is right.</param>
/// <param name="Reason">Why it is not; prose.</param>
internal sealed record NtlmAuthAnswer(bool IsAuthenticated, string Reason);

/// <summary>
/// One <c>ntlm_auth</c> process, which answers questions one after another. After anything else than an answer it cannot be used any more: dispose of it.
/// Throws <see cref="IOException"/> when it has ended.
/// </summary>
internal sealed class NtlmAuthProcess : IDisposable
{
    private const string Authenticated = "Authenticated:";
    private const string Error = "Error:";

    // An answer has three or four lines.
    private const int MaxLines = 50;

    private readonly Process process;

    private NtlmAuthProcess(Process process) => this.process = process;

    /// <summary>Starts one; its error output goes to <paramref name="complain"/>.</summary>
    public static NtlmAuthProcess Start(NtlmAuthCommand command, Action<string> complain)
    {
        var ascii = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = ascii,
            StandardOutputEncoding = ascii,
        };
        try
        {
            var process = Process.Start(start) ?? throw new IOException($"{command.Program} did not start");
            process.ErrorDataReceived += (_, e) =>
            {
                if (!string.IsNullOrWhiteSpace(e.Data)) complain(e.Data);
            };
            process.BeginErrorReadLine();
            return new NtlmAuthProcess(process);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{command.Program} did not start: {e.Message}", e);
        }
    }

    /// <summary>Asks, and reads the answer to this question.</summary>
    public async Task<NtlmAuthAnswer> AskAsync(NtlmQuestion question, CancellationToken limit)
    {
        await process.StandardInput.WriteAsync(question.ToString().AsMemory(), limit);
        await process.StandardInput.FlushAsync(limit);

        // A refusal ends with two dots, and the second may arrive only before the next answer. So an answer ends at the first dot after its verdict. Stopping
        // at the first dot would give one person's Yes to the next one.
        string? verdict = null;
        var reason = "";
        for (var i = 0; i < MaxLines; i++)
        {
            var line = await process.StandardOutput.ReadLineAsync(limit) ?? throw new IOException("the helper has ended");
            if (line == "." && verdict is not null) return new NtlmAuthAnswer(verdict == Authenticated + " Yes", reason);
            if (line.StartsWith(Authenticated, StringComparison.Ordinal)) verdict = line;
            else if (line.StartsWith(Error, StringComparison.Ordinal)) verdict = reason = line;
            else if (line.StartsWith("Authentication-Error: ", StringComparison.Ordinal)) reason = line["Authentication-Error: ".Length..];
        }
        throw new IOException("the helper's answer does not end");
    }

    public void Dispose()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
        process.Dispose();
    }
}
