namespace RvpServer.Directories;

/// <summary>Makes the secrets that prove a password, for every form in which clients write the account's name. The password is not kept.</summary>
internal delegate AccountSecrets SecretMaker(Account account, string password);
