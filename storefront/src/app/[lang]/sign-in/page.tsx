import { loginMetadata, loginPage } from "../login-page";

export const generateMetadata = loginMetadata("sign-in");
export default loginPage("sign-in");
