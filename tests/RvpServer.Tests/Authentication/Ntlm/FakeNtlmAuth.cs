using Rvp.Testing;
using RvpServer.Authentication.Ntlm;

namespace RvpServer.Tests.Authentication.Ntlm;

/// <summary>A program that talks like Samba's <c>ntlm_auth --helper-protocol=ntlm-server-1</c>; what it answers depends on the user's name.</summary>
internal sealed class FakeNtlmAuth : IDisposable
{
    // As seen of Samba 4.17, the second dot of a refusal included.
    private const string Script = """
        #!/bin/sh
        echo $$ >> "$1"
        while read -r line; do
          case "$line" in
            'Username:: '*) user=$(printf %s "${line#Username:: }" | base64 -d) ;;
            'NT-Domain:: '*) domain=$(printf %s "${line#NT-Domain:: }" | base64 -d) ;;
            'LANMAN-Challenge: '*) challenge=${line#LANMAN-Challenge: } ;;
            'NT-Response: '*) response=${line#NT-Response: } ;;
            .)
              echo "$user|$domain|$challenge|$response" >> "$1.questions"
              case "$user" in
                Yes*) printf 'Authenticated: Yes\n.\n' ;;
                No*) printf 'Authenticated: No\nAuthentication-Error: The specified account does not exist.\n.\n.\n' ;;
                Winbind) printf 'Authenticated: No\nAuthentication-Error: Reading winbind reply failed!\n.\n.\n' ;;
                Servers) printf 'Authenticated: No\nAuthentication-Error: There are currently no logon servers available to service the logon request.\n.\n.\n' ;;
                Error) printf 'Error: No password supplied!\n.\n' ;;
                Last) printf 'Authenticated: Yes\n.\n'; exit 0 ;;
                Dies) exit 1 ;;
                Chatters) while echo nonsense; do :; done ;;
              esac ;;
          esac
        done

        """;

    private readonly TempFolder folder = new();

    public FakeNtlmAuth()
    {
        Program = folder.Write("ntlm_auth", Script);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Program { get; }

    public NtlmAuthCommand Command => new(Program, [folder.File("started")]);

    /// <summary>How many were started.</summary>
    public int Started => File.ReadAllLines(folder.File("started")).Length;

    /// <summary>What they were asked.</summary>
    public string[] Questions => File.ReadAllLines(folder.File("started.questions"));

    public void Dispose() => folder.Dispose();
}
