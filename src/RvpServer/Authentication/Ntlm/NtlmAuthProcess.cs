using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace RvpServer.Authentication.Ntlm;

/// <summary>What the helper said.</summary>
/// <param name="IsAuthenticated">The proof is right.</param>
/// <param name="Reason">Why it is not; prose.</param>
internal sealed record NtlmAuthAnswer(bool IsAuthenticated, string Reason);

/// <summary>
/// One <c>ntlm_auth</c>, which answers questions one after another. After anything but an answer it is of no use any more: dispose of it.
/// Throws <see cref="IOException"/> where it has ended.
/// </summary>
internal sealed class NtlmAuthProcess : IDisposable
{
    private const string Authenticated = "Authenticated:";
    private const string Error = "Error:";

    // An answer has three lines or four.
    private const int MaxLines = 50;

    private readonly Process process;

    private NtlmAuthProcess(Process process) => this.process = process;

    /// <summary>Starts one; what it writes on its error output goes to <paramref name="complain"/>.</summary>
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

    /// <summary>Asks, and reads the answer that belongs to this question.</summary>
    public async Task<NtlmAuthAnswer> AskAsync(NtlmQuestion question, CancellationToken limit)
    {
        await process.StandardInput.WriteAsync(question.ToString().AsMemory(), limit);
        await process.StandardInput.FlushAsync(limit);

        // A refusal ends with two dots, the second of which comes before the next answer: an answer is over at the dot that follows its verdict.
        // Whoever stops at the first dot takes one person's Yes for the next one's.
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

    /// <summary>Ends it.</summary>
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
