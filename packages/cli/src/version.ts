/** The version of this program, as in package.json of the workspace. */
export const version = '0.1.0'
